"""Results for people and programs: words, tables, documents, pictures; a result in, text or picture out."""
