"""Results for people and programs: words, tables, documents and pictures; a result in, text or picture out."""
