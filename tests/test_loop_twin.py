"""The vectorised engine against the plain-loop twin, trial by trial and month by month, on the same draws.

Each scenario below is there for the mechanisms that its comment names; together they use every mechanism of
the model, and ``test_every_mechanism_is_used`` keeps that promise.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.cash import base_case, simulate_block
from bposim.engine import BLOCK, design_of
from bposim.files import load, scenario_of
from bposim.inputs.distribution import Distribution
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.part import Part
from bposim.world.world import simulate_world
from bposim.yaml_tree import read_tree
from loop_twin import Ledger, Recorded, simulate_trial, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.inputs.designs import Kind
    from bposim.scenario import Scenario

SEED = 20_270_101
TRIALS = (0, 1, 2, 3, 5, 8, 13, 21, 255, 511, 767, 1023)
"""A dozen places of the block, its two ends among them."""

# Plans level, peak and follow; temporary staff, hiring and release, overtime and lost work; volume, span and
# fixed roles; season, steps before and after the start, noise; money in three currencies; a horizon that
# ends within a year; improvement up and down; attrition from nearly none to nearly all.
STAFFING = """
schema_version: 1
title: Plans for a season
base_currency: USD
start: 2027-04
months: 31
discount_rate: {normal: {mean: 8%, sd: 1%}}
world:
  volume:
    unit: return
    per_month: {low: 9_000, likely: 10_000, high: 12_000}
    growth: {p10: -4%, p50: 3%, p90: 9%}
    season: [2.2, 2.0, 1.8, 0.6, 0.5, 0.5, 0, 0.5, 0.6, 0.8, 1.1, 1.4]
    steps: [{from_month: 2026-11, factor: 1.1},
        {from_month: 2028-02, factor: {low: 0.7, likely: 0.9, high: 1.2}}]
    noise: {volatility: {low: 10%, likely: 15%, high: 20%}, persistence: 0.6}
    margin_per_unit: {amount: {low: 3, likely: 5, high: 9}, currency: EUR}
  fx:
    EUR: {spot: 1.1, model: gbm, drift: {normal: {mean: 1%, sd: 1%}},
        volatility: {low: 6%, likely: 8%, high: 11%}}
    INR: {spot: 0.012, model: mean_reverting, volatility: 6%, half_life: 2, level: 0.011}
    PHP: {spot: 0.0172, model: fixed}
  wages:
    US: {inflation: {normal: {mean: 4%, sd: 1%}}, review_noise: {low: 0.5%, likely: 1%, high: 2%},
        persistence: 0.5}
  prices:
    US: {inflation: {normal: {mean: 3%, sd: 1%}}, review_noise: 1%, persistence: 0.3}
alternatives:
  level:
    baseline: true
    legs:
      - team:
          country: US
          roles:
            manager: {one_per: {low: 20, likely: 25, high: 40}, of: agent, salary: 90k EUR, oncost: 20%,
                overhead: 4k}
            lead: {one_per: 12, of: agent, salary: 60k, oncost: 25%, overhead: 9k}
            agent: {volume_per_fte: 500, salary: {low: 38k, likely: 42k, high: 48k},
                oncost: {low: 25%, likely: 28%, high: 31%}, overhead: 400k INR}
            coach: {volume_per_fte: 9_000, salary: 50k}
            controller: {fixed: {low: 1, likely: 2, high: 3}, salary: 80k, overhead: 12k}
            assistant: {one_per: 2, of: controller, salary: 35k, oncost: 20%, overhead: 5k}
          buffer: {low: 0%, likely: 4%, high: 9%}
          improvement: {normal: {mean: 3%, sd: 2%}}
          staffing: level
          overtime: {limit: {low: 5%, likely: 10%, high: 25%}, premium: {low: 1.3, likely: 1.5, high: 2}}
          temporary: {premium: {low: 10%, likely: 30%, high: 60%}, training: 90k INR}
          hiring: {per_hire: {low: 1k, likely: 2k, high: 4k}, per_release: 3k EUR}
          turnover:
            attrition: {low: 20%, likely: 30%, high: 50%}
            recruiting: 2k EUR
            training: {low: 1k, likely: 3k, high: 5k}
            ramp_months: {low: 1, likely: 3, high: 6}
            ramp_productivity: {low: 40%, likely: 60%, high: 80%}
          quality: {error_rate: {low: 2%, likely: 3%, high: 6%}, cost_per_error: 12 EUR,
              turnover_sensitivity: 1.5}
          risks:
            outage: {per_year: 20, hours: 3, cost_per_hour: 2k EUR,
                recovery_factor: {low: 0.3, likely: 0.5, high: 1}}
  peak:
    once: {amount: {low: 20k, likely: 30k, high: 50k}, currency: EUR}
    per_year: 1M INR
    legs:
      - team:
          like: alternatives.level.legs[0].team
          staffing: peak
          improvement: -2%
          turnover: {attrition: 1%}
          quality: {error_rate: 90%, noise: {volatility: 50%, persistence: 0.2}}
  follow:
    legs:
      - team:
          country: US
          roles: {agent: {volume_per_fte: 480, salary: 650k PHP, oncost: 10%}}
          overtime: {limit: 0, premium: 1.5}
          hiring: {per_release: 1k}
          turnover: {attrition: 99.99%, recruiting: 1k}
          quality: {error_rate: 2%, cost_per_error: 9, distance: 1.2, noise: {volatility: 30%}}
  halves:
    legs:
      - {name: north, share: 50%, like: follow}
      - {name: south, share: 50%, like: follow}
correlations:
  - [world.volume.growth, level.turnover.attrition, 0.4]
  - [world.wages.US.inflation, discount_rate, 0.6]
"""

# A baseline of two teams in two countries; a captive centre with everything that a transition has; a jump
# after the pilot, a go-live at once and one beyond the horizon; a blend that keeps one team, moves the rest
# and joins what remains with what was kept; a leg with a name of its own; breaches insured with an aggregate
# and without one.
CAPTIVE = """
schema_version: 1
title: A centre of one's own
base_currency: USD
start: 2027-01
months: 30
discount_rate: 7%
world:
  volume:
    unit: contact
    per_month: 20_000
    growth: 4%
    season: [1.3, 1.2, 1.0, 0.9, 0.9, 0.8, 0.8, 0.9, 1.0, 1.0, 1.1, 1.1]
    noise: {volatility: 12%, persistence: 0.7}
    margin_per_unit: 3
  fx:
    PLN: {spot: 0.27, model: mean_reverting, volatility: {low: 8%, likely: 11%, high: 15%}, half_life: 1.5}
    EUR: {spot: 1.1, model: gbm, drift: -1%, volatility: 8%}
  wages:
    US: {inflation: 3.5%, review_noise: 0.5%}
    PL: {inflation: {normal: {mean: 6%, sd: 1%}}, review_noise: 1%, persistence: 0.5}
  prices:
    US: {inflation: 2.5%}
    PL: {inflation: 4%, review_noise: 1%}
alternatives:
  in-house:
    baseline: true
    legs:
      - share: 60%
        team:
          country: US
          roles:
            agent: {volume_per_fte: 750, salary: {low: 38k, likely: 42k, high: 48k}, oncost: 28%,
                overhead: 9k}
            lead: {one_per: 15, of: agent, salary: 62k, oncost: 28%, overhead: 9k}
            head: {fixed: 1, salary: 110k, oncost: 28%, overhead: 12k}
          buffer: 3%
          hiring: {per_hire: 1k, per_release: 2k}
          turnover: {attrition: {low: 20%, likely: 30%, high: 45%}, recruiting: 2k, training: 3k,
              ramp_months: 3, ramp_productivity: 60%}
          quality: {error_rate: 3%, cost_per_error: 12, turnover_sensitivity: 2,
              noise: {volatility: 20%, persistence: 0.5}}
          risks:
            breach: {per_year: 3, severity: {lognormal: {mean: 300k, sigma: 1.1}},
                insurance: {retention: 100k, limit: 1M, aggregate: 800k}}
            outage: {per_year: 6, hours: {lognormal: {median: 6, sigma: 1.1}}, cost_per_hour: 800}
      - share: 40%
        team:
          country: PL
          roles:
            agent: {volume_per_fte: 700, salary: 80k PLN, oncost: 21%, overhead: 20k PLN}
          staffing: level
          temporary: {premium: 20%, training: 2k PLN}
          turnover: {attrition: 90%, recruiting: 1k PLN}
          risks:
            outage: {per_year: 6, hours: {gamma: {shape: 2, scale: 3}}, cost_per_hour: 3k PLN}
  centre:
    legs:
      - team:
          country: PL
          roles:
            agent: {volume_per_fte: 740, salary: {low: 60k, likely: 70k, high: 85k, currency: PLN},
                oncost: 21%, overhead: {amount: 20k, currency: PLN}}
            site: {fixed: 3, salary: 120k PLN, overhead: 1k EUR}
          improvement: 2%
          staffing: level
          temporary: {premium: 30%, training: 500}
          hiring: {per_hire: 1k, per_release: 2k}
          turnover: {attrition: 25%, recruiting: 8k PLN, ramp_months: 2, ramp_productivity: 50%}
          quality: {error_rate: 3%, cost_per_error: 4 PLN, turnover_sensitivity: 3, distance: 1.3,
              noise: {volatility: 20%}}
          risks:
            breach:
              per_year: {low: 2, likely: 4, high: 8}
              severity: {p10: 50k, p50: 150k, p90: 700k, min: 0}
              recovery: {probability: 50%}
              insurance: {retention: {low: 20k, likely: 50k, high: 90k},
                  limit: {low: 200k, likely: 400k, high: 600k}}
          transition:
            planned: 4 months
            delay: {p10: 0.5, p50: 1.5, p90: 4, min: 0}
            pilot: {share: {low: 10%, likely: 20%, high: 40%}, months: {low: 1, likely: 2, high: 4}}
            ramp_months: {low: 0.2, likely: 3, high: 8}
            parallel_run: {months: {low: 0.5, likely: 1.5, high: 3},
                intensity: {low: 30%, likely: 60%, high: 100%}}
            one_off:
              selection: 10k
              legal: {low: 30k, likely: 40k, high: 80k}
              travel: 15k EUR
              retention: 20k
              other: 12k PLN
              knowledge_transfer: {amount: {low: 80k, likely: 120k, high: 300k}, currency: PLN}
              integration: 60k
            overrun: {low: 0.9, likely: 1.1, high: 1.8}
            severance: {weeks_of_pay: {low: 4, likely: 8, high: 20}, per_fte: 1k EUR,
                redeployed: {low: 0%, likely: 20%, high: 50%}}
            learning: {extra: {low: 10%, likely: 25%, high: 50%}, fades: {low: 2, likely: 4, high: 9}}
            stranded_overhead: {share: {low: 10%, likely: 40%, high: 70%},
                half_life: {low: 2, likely: 6, high: 12}}
            morale: {productivity_loss: {low: 2%, likely: 5%, high: 12%},
                attrition_factor: {low: 1, likely: 1.25, high: 2}}
            scope: {low: 60%, likely: 90%, high: 100%}
  jump:
    legs:
      - team:
          like: alternatives.centre.legs[0].team
          transition: {ramp_months: 0, morale: {productivity_loss: 90%, attrition_factor: 20}}
  at-once:
    legs:
      - team:
          country: PL
          roles: {agent: {volume_per_fte: 700, salary: 70k PLN}}
          transition:
            planned: 0
            one_off: {legal: 10k, knowledge_transfer: 30k PLN, integration: 20k}
            parallel_run: {months: 2}
            severance: {weeks_of_pay: 10}
            learning: {extra: 30%, fades: 3}
            stranded_overhead: {share: 50%, half_life: 1}
  too-late:
    legs:
      - team:
          roles: {agent: {volume_per_fte: 700, salary: 70k PLN}}
          transition: {planned: 14, delay: {low: 0, likely: 8, high: 30}, one_off: {knowledge_transfer: 90k},
              pilot: {share: 30%, months: 0}, ramp_months: 4}
  blend:
    per_year: 40k
    legs:
      - {share: 30%, like: "alternatives.in-house.legs[0]"}
      - {share: 45%, like: centre}
      - {name: second centre, share: 25%, like: jump}
"""

# Contracts: every price model, currency clause and kind of indexation, with floor, cap and give-back; bands
# that bind on both sides and a commitment that binds; renewals up and down at terms that are not whole
# years; service credits below and at their cap; leakage; governance; learning and improvement of the effort;
# a vendor whose staff is not known; recovery with insurance behind it; one vendor in two legs.
CONTRACTS = """
schema_version: 1
title: Contracts
base_currency: EUR
start: 2027-07
months: 37
discount_rate: {low: 5%, likely: 7%, high: 10%}
world:
  volume:
    unit: invoice
    per_month: 30_000
    growth: {normal: {mean: -2%, sd: 4%}}
    steps: [{from_month: 2028-07, factor: 0.7}, {from_month: 2030-05, factor: 0}]
    noise: {volatility: 25%, persistence: 0.8}
  fx:
    PHP: {spot: 0.016, model: gbm, volatility: 9%}
    INR: {spot: 0.011, model: mean_reverting, volatility: 12%, half_life: 0.7, level: 0.012}
  wages:
    DE: {inflation: 3%}
    PH: {inflation: {normal: {mean: 6%, sd: 2%}}, review_noise: 3%, persistence: 0.4}
  prices:
    DE: {inflation: 2%, review_noise: 1%}
    PH: {inflation: {normal: {mean: 4%, sd: 2%}}, review_noise: 3%}
alternatives:
  in-house:
    baseline: true
    legs:
      - team:
          country: DE
          roles: {clerk: {volume_per_fte: 1_500, salary: 45k, oncost: 21%, overhead: 8k}}
          turnover: {attrition: 12%, recruiting: 5k}
          quality: {error_rate: 2%, cost_per_error: 15}
          risks: {breach: {per_year: 1, severity: 250k}}
  per-unit:
    legs:
      - vendor:
          country: PH
          price:
            per_unit:
              amount: {low: 50, likely: 60, high: 90}
              currency: PHP
              commitment: {low: 80%, likely: 90%, high: 100%}
              band: {flex: {low: 2%, likely: 5%, high: 15%},
                  additional_charge: {low: 0.8, likely: 1.2, high: 1.5},
                  reduced_credit: {low: 30%, likely: 60%, high: 90%}}
          productivity: {low: 1_200, likely: 1_400, high: 1_500}
          improvement: 4%
          term: 18
          renewal_uplift: {normal: {mean: 4%, sd: 6%}}
          indexation: {wages_of: PH, sensitivity: {low: 60%, likely: 80%, high: 120%},
              floor: {low: 1%, likely: 2%, high: 3%}, cap: {low: 4%, likely: 5%, high: 6%},
              give_back: {low: 0%, likely: 1%, high: 2%}}
          sla: {target: {low: 95%, likely: 97%, high: 99%}, credit_rate: {low: 2, likely: 4, high: 8},
              at_risk: {low: 5%, likely: 10%, high: 15%}, capture: {low: 50%, likely: 80%, high: 100%}}
          governance:
            fee_share: {low: 1%, likely: 2%, high: 5%}
            retained_fte: {low: 1, likely: 2, high: 4}
            cost_per_fte: {amount: {low: 4M, likely: 5M, high: 6M}, currency: PHP}
            country: PH
            audits: 10k
            travel: {low: 5k, likely: 12k, high: 30k}
            tools: 500k INR
          leakage: {irrecoverable_vat: {low: 0%, likely: 2%, high: 5%},
              withholding: {low: 0%, likely: 5%, high: 15%},
              change_requests: {low: 0%, likely: 4%, high: 12%},
              change_premium: {low: 0%, likely: 20%, high: 50%}}
          turnover: {attrition: {low: 30%, likely: 45%, high: 70%}}
          quality: {error_rate: {low: 2%, likely: 3%, high: 6%}, cost_per_error: 900 PHP,
              turnover_sensitivity: {low: 0.5, likely: 2, high: 4}, distance: 1.1,
              noise: {volatility: {low: 20%, likely: 40%, high: 60%}, persistence: 0.5}}
          risks:
            breach:
              per_year: 6
              severity: {lognormal: {mean: 200k, sigma: 1.2}}
              recovery: {probability: {low: 30%, likely: 50%, high: 80%},
                  liability_cap: {low: 1, likely: 2, high: 6}}
              insurance: {retention: 50k, limit: 300k, aggregate: {low: 200k, likely: 400k, high: 900k}}
            outage: {per_year: {low: 1, likely: 3, high: 8},
                hours: {mixture: [{weight: 80%, lognormal: {median: 3, sigma: 1}},
                {weight: 20%, uniform: {low: 10, high: 90}}]}, cost_per_hour: 30k INR, recovery_factor: 0.5}
          transition: {planned: 2, delay: {low: 0, likely: 1, high: 5}, ramp_months: 3,
              learning: {extra: 40%, fades: 5}, parallel_run: {months: 1}}
  per-fte:
    legs:
      - vendor:
          price: {per_fte: {amount: {low: 90k, likely: 110k, high: 140k}, currency: INR}}
          fx_clause: home
          productivity: 1_300
          improvement: {normal: {mean: 3%, sd: 3%}}
          term: 9.5
          renewal_uplift: -3%
          indexation: {prices_of: PH, cap: 5%}
          governance: {fee_share: 3%, audits: 30k}
          turnover: {attrition: 60%}
          quality: {error_rate: 4%, cost_per_error: 15, turnover_sensitivity: 2}
          sla: {target: 99%, credit_rate: 2}
          transition: {planned: 3, ramp_months: 2,
              learning: {extra: {low: 20%, likely: 40%, high: 90%}, fades: 5}}
  fixed-fee:
    legs:
      - vendor:
          price: {fixed_fee: {amount: {low: 5M, likely: 6M, high: 8M}, currency: INR}}
          indexation: {fixed: {low: 1%, likely: 2%, high: 5%}, floor: 1.5%, cap: 3%, give_back: 1%}
          leakage: {change_requests: 10%}
          turnover: {attrition: 40%}
          quality: {error_rate: 95%, cost_per_error: 1, turnover_sensitivity: 3, noise: {volatility: 30%}}
          sla: {target: 97%, credit_rate: 0.05, at_risk: 4%}
          risks: {breach: {per_year: 2, severity: {lognormal: {mean: 200k, sigma: 1}},
              recovery: {probability: 100%, liability_cap: 1}}}
  plain:
    legs:
      - vendor:
          price: {per_unit: {amount: 1.1}}
          indexation: {prices_of: DE, floor: 2.2%}
          quality: {error_rate: 3%, cost_per_error: 15}
  shared:
    once: 15k
    legs:
      - {share: 20%, like: in-house}
      - {share: 35%, like: per-unit}
      - {share: 25%, like: per-unit}
      - {share: 20%, like: fixed-fee}
correlations:
  - [world.wages.PH.inflation, per-unit.price.amount, 0.5]
  - [world.prices.PH.inflation, world.wages.PH.inflation, 0.7]
"""

# The baseline is a contract beside a team: what remains with a vendor on the way out, home again into a
# team, and severance and stranded overhead of the baseline's teams alone.
SECOND_GENERATION = """
schema_version: 1
title: Home again
base_currency: USD
start: 2028-11
months: 20
discount_rate: 9%
world:
  volume: {unit: ticket, per_month: 8_000, growth: 10%, noise: {volatility: 20%}, margin_per_unit: 2}
  fx: {INR: {spot: 0.012, model: gbm, volatility: 7%}}
  wages: {IN: {inflation: 8%, review_noise: 2%}, US: {inflation: 3%, review_noise: 1%, persistence: 0.9}}
  prices: {IN: {inflation: 5%}}
alternatives:
  outsourced:
    baseline: true
    legs:
      - share: 70%
        vendor:
          country: IN
          price: {per_unit: {amount: 240, currency: INR, commitment: 95%,
              band: {flex: 5%, additional_charge: 1.3, reduced_credit: 50%}}}
          productivity: 700
          indexation: {wages_of: IN, floor: 3%}
          governance: {fee_share: 2%, retained_fte: 3, cost_per_fte: 100k, country: US, travel: 2M INR}
          turnover: {attrition: 50%}
          quality: {error_rate: 5%, cost_per_error: 9, turnover_sensitivity: 2, noise: {volatility: 30%}}
          sla: {target: 97%, credit_rate: 3}
          risks: {breach: {per_year: 4, severity: {lognormal: {mean: 100k, sigma: 1}},
              recovery: {probability: 60%, liability_cap: 3}}}
      - share: 30%
        team:
          country: US
          roles: {agent: {volume_per_fte: 600, salary: 45k, overhead: 8k}}
          turnover: {attrition: 25%, recruiting: 2k}
          risks: {breach: {per_year: 4, severity: {weibull: {shape: 0.8, scale: 100k}}}}
  home:
    legs:
      - team:
          country: US
          roles: {agent: {volume_per_fte: 650, salary: 46k, oncost: 25%, overhead: 8k}}
          quality: {error_rate: 3%, cost_per_error: 9}
          transition:
            planned: 3
            delay: {low: 0, likely: 1, high: 3}
            ramp_months: 4
            pilot: {share: 10%, months: 1}
            parallel_run: {months: 2, intensity: 50%}
            severance: {weeks_of_pay: 6, per_fte: 2k}
            stranded_overhead: {share: 50%, half_life: 4}
            morale: {productivity_loss: 10%, attrition_factor: 1.5}
            scope: 80%
  half-home:
    legs:
      - {share: 50%, like: "alternatives.outsourced.legs[0]"}
      - {share: 50%, like: home}
"""

# Every exchange-rate model at a drift and by parity, correlated across models; a bootstrapped history that
# two currencies share; surges of the volume, country events, several at a time.
MARKETS = """
schema_version: 1
title: Markets and weather
base_currency: USD
start: 2027-01
months: 27
discount_rate: 8%
world:
  volume:
    unit: claim
    per_month: 5_000
    noise: {volatility: 10%}
    margin_per_unit: 3
    surges: {per_year: {low: 1, likely: 3, high: 6}, months: {uniform: {low: 0.2, high: 4.5}},
        factor: {uniform: {low: 0.9, high: 1.8}}}
  fx:
    AED: {model: fixed, spot: 0.2723, parity: {home: 4%, foreign: 4.5%}}
    SAR: {model: fixed, spot: 0.2666, drift: {normal: {mean: -1%, sd: 1%}}}
    EUR: {model: gbm, spot: 1.1, volatility: 8%,
        parity: {home: {low: 3%, likely: 4%, high: 6%}, foreign: {low: 1%, likely: 2%, high: 3%}}}
    HUF: {model: mean_reverting, spot: 0.0028, level: 0.003, volatility: 11%, half_life: 1,
        drift: {normal: {mean: -2%, sd: 1%}}}
    CZK: {model: mean_reverting, spot: 0.045, volatility: 9%, half_life: 2, parity: {home: 4%, foreign: 5%}}
    MXN: {model: jump_diffusion, spot: 0.053, volatility: {low: 8%, likely: 10%, high: 14%},
        jumps_per_year: {low: 0.2, likely: 2, high: 9}, jump_mean: {normal: {mean: -8%, sd: 3%}},
        jump_sd: {low: 2%, likely: 5%, high: 9%}, drift: {normal: {mean: -2%, sd: 1%}}}
    ZAR: {model: jump_diffusion, spot: 0.06, volatility: 12%, jumps_per_year: 1, jump_sd: 10%,
        parity: {home: 4%, foreign: 8%}}
    PLN: {model: historical, file: ecb, since: 2012-03, spot: 0.25, block_months: 4.5,
        drift: {normal: {mean: -1%, sd: 1%}}}
    INR: {model: historical, file: ecb, since: 2012-03, spot: 0.0105, block_months: 4.5,
        parity: {home: 4%, foreign: 7%}}
  fx_correlations: [[MXN, EUR, 0.3], [HUF, EUR, 0.8], [CZK, EUR, 0.7], [HUF, CZK, 0.75], [ZAR, MXN, 0.4]]
  wages: {PL: {inflation: 5%}, IN: {inflation: 9%}}
  country_events:
    PL: {per_year: 0.3, months: 2.5, capacity_loss: {uniform: {low: 10%, high: 90%}}}
    IN: {per_year: {low: 1, likely: 4, high: 12},
        months: {discrete: {values: [0.4, 1, 3.7], weights: [5, 3, 2]}},
        capacity_loss: {low: 10%, likely: 30%, high: 100%}}
alternatives:
  home:
    baseline: true
    legs:
      - team:
          country: PL
          roles:
            clerk: {volume_per_fte: 500, salary: 80k PLN, overhead: 20k EUR}
            lead: {one_per: 10, of: clerk, salary: 300k CZK, overhead: 2M HUF}
            head: {fixed: 1, salary: 400k SAR, overhead: 100k AED}
  away:
    legs:
      - team:
          country: IN
          roles:
            clerk: {volume_per_fte: 450, salary: 700k INR, overhead: 90k ZAR}
            lead: {one_per: 12, of: clerk, salary: 500k MXN}
          transition: {planned: 2}
"""

# Clauses of contracts: price models of effort and savings on both sides of target, ceiling, cap and floor; a
# band that is left on both sides, a moving mean, a hedge that ends; renewals that grow with what the client
# forgets; change orders in fees and in money, scope creep; several promises with each way of sizing a credit,
# the cap, and credits earned back; a baseline contract that is left early, within its notice and after it.
CLAUSES = """
schema_version: 1
title: Clauses
base_currency: USD
start: 2027-03
months: 40
discount_rate: 8%
world:
  volume: {unit: call, per_month: 12_000, growth: 3%, noise: {volatility: 20%, persistence: 0.7}}
  fx:
    INR: {spot: 0.012, model: gbm, volatility: 12%}
    PHP: {spot: 0.0172, model: mean_reverting, volatility: 11%, half_life: 2}
    PLN: {spot: 0.27, model: fixed}
  wages:
    IN: {inflation: {low: 5%, likely: 8%, high: 11%}, review_noise: 2%}
    PH: {inflation: 5%, review_noise: 1%}
  prices: {PH: {inflation: 4%, review_noise: 1%}}
alternatives:
  today:
    baseline: true
    legs:
      - share: 80%
        vendor:
          country: PH
          price: {hybrid: {amount: {low: 400k, likely: 500k, high: 700k}, currency: PHP,
              unit_price: {low: 60, likely: 70, high: 90}, fte_price: {low: 5k, likely: 8k, high: 12k}}}
          productivity: 800
          improvement: 2%
          indexation: {prices_of: PH}
          fx_clause: {band: {width: {low: 3%, likely: 5%, high: 8%},
              client_share: {low: 50%, likely: 70%, high: 100%}}}
          term: 12
          renewal_uplift: {normal: {mean: 6%, sd: 4%}}
          dependence: {half_life: {low: 12, likely: 24, high: 60},
              documentation: {low: 10%, likely: 30%, high: 50%},
              outsourced_before: {low: 12, likely: 18, high: 30}}
          termination: {fee_months: [6, {low: 3, likely: 4, high: 5}, 2],
              notice: {low: 3, likely: 6, high: 9},
              contract_age: 20}
          quality: {error_rate: 2.5%, cost_per_error: 5, noise: {volatility: 50%}}
          sla:
            metrics:
              accuracy: {target: {low: 95%, likely: 96%, high: 98%},
                  allocation: {low: 20%, likely: 40%, high: 60%}}
              timeliness: {target: 90%, miss_rate: {low: 4%, likely: 8%, high: 15%},
                  noise: {volatility: {low: 20%, likely: 40%, high: 60%}, persistence: 0.5},
                  credit_table: [[0.5, 0.5%], [2, 2%], [5, 6%]]}
              answered: {target: 95%, miss_rate: 4%, noise: {volatility: 25%},
                  credit_rate: {low: 1, likely: 3, high: 6}}
            at_risk: {low: 4%, likely: 8%, high: 12%}
            pool: {low: 50%, likely: 150%, high: 250%}
            earn_back: 2
            capture: {low: 50%, likely: 80%, high: 100%}
      - share: 20%
        vendor: {price: {fixed_fee: {amount: 60k}}}
  cost-plus:
    legs:
      - vendor:
          country: IN
          price: {cost_plus: {amount: {low: 60k, likely: 70k, high: 90k}, currency: INR,
              margin: {low: 10%, likely: 15%, high: 25%}}}
          productivity: 700
          fx_clause: {averaged: {months: 3}}
          change_orders: {per_year: {low: 2, likely: 6, high: 12}, size: {lognormal: {mean: 0.3, sigma: 0.8}},
              premium: {low: 10%, likely: 30%, high: 50%}}
          transition: {planned: 3, delay: {low: 0, likely: 2, high: 6}, ramp_months: 4,
              learning: {extra: 30%, fades: 4}}
  incentive:
    legs:
      - share: 70%
        vendor:
          country: IN
          price: {cost_plus: {amount: 70k, currency: INR, incentive: {
              target_cost: {low: 1.1M, likely: 1.3M, high: 1.5M},
              target_fee: {low: 100k, likely: 150k, high: 200k},
              vendor_share_below: {low: 20%, likely: 30%, high: 50%},
              vendor_share_above: {low: 30%, likely: 50%, high: 80%},
              ceiling: {low: 1.5M, likely: 1.6M, high: 1.9M}}}}
          productivity: 700
          indexation: {wages_of: IN, sensitivity: 50%}
          term: 9
          renewal_uplift: {normal: {mean: 5%, sd: 5%}}
          dependence: {half_life: 20}
          fx_clause: {hedged: {fraction: {low: 30%, likely: 50%, high: 90%},
              months: {low: 10, likely: 18, high: 30},
              home_interest: {low: 3%, likely: 4%, high: 5%},
              foreign_interest: {low: 5%, likely: 6%, high: 8%},
              cost_basis_points: {low: 5, likely: 20, high: 40}}}
          leakage: {scope_creep: {low: 0%, likely: 2%, high: 6%}, change_premium: 30%}
          change_orders: {per_year: 5, size: {gamma: {shape: 2, scale: 40_000}}, basis: money, currency: INR}
          transition: {planned: {low: 1, likely: 2, high: 4}, ramp_months: 3}
      - share: 30%
        vendor:
          price: {cost_plus: {amount: 5k, currency: PLN, incentive: {target_cost: 80k, target_fee: 8k,
              vendor_share_below: 50%, vendor_share_above: 20%}}}
          productivity: 900
          fx_clause: {hedged: {fraction: 60%, months: 12, foreign_interest: 5%, cost_basis_points: 10}}
          transition: {planned: 8, ramp_months: 6}
  gain-share:
    legs:
      - vendor:
          country: IN
          price: {gain_share: {amount: {low: 70k, likely: 90k, high: 120k}, currency: INR, base: fte,
              baseline_unit_cost: {low: 110, likely: 130, high: 150},
              share: {low: 20%, likely: 33%, high: 50%},
              loss_share: {low: 10%, likely: 25%, high: 40%}, cap: {low: 3%, likely: 6%, high: 12%},
              floor: {low: 1%, likely: 2%, high: 5%}}}
          productivity: 720
          improvement: {normal: {mean: 3%, sd: 3%}}
          indexation: {fixed: 3%}
          transition: {planned: 5, ramp_months: 2, pilot: {share: 30%, months: 2},
              learning: {extra: 40%, fades: 5}}
  plain:
    legs:
      - vendor:
          price: {gain_share: {amount: 1.3, baseline_unit_cost: 1.5, share: 40%, cap: 20%}}
          fx_clause: {band: {width: 1%}}
          sla: {metrics: {on time: {target: 93%, miss_rate: 6%, credit_rate: 2}}, at_risk: 10%, earn_back: 1}
          transition: {planned: 0, ramp_months: 1, learning: {extra: 90%, fades: 2}}
"""

# Events: every kind of risk on either side with every field: rates that follow heads and leavers, that fade
# after go-live and grow by the year; negative binomial counts; two vendors and a team hit by the same shocks;
# fines under a cap, records, a Pareto tail; scandals that last and satisfaction that is felt later.
EVENTS = """
schema_version: 1
title: Events
base_currency: USD
start: 2027-05
months: 29
discount_rate: 6%
world:
  volume: {unit: ticket, per_month: 9_000, growth: 6%, noise: {volatility: 15%, persistence: 0.5}}
  fx: {EUR: {spot: 1.1, model: gbm, volatility: 9%}, PHP: {spot: 0.0172, model: gbm, volatility: 8%}}
alternatives:
  in-house:
    baseline: true
    legs:
      - team:
          roles: {agent: {volume_per_fte: 450, salary: 45k, overhead: 8k}}
          turnover: {attrition: {low: 20%, likely: 35%, high: 60%}, recruiting: 2k}
          quality: {error_rate: 3%, cost_per_error: 6, turnover_sensitivity: 2,
              noise: {volatility: 30%, persistence: 0.6}}
          risks:
            breach: &breach
              per_year: {low: 1, likely: 2, high: 4}
              overdispersion: {low: 20%, likely: 60%, high: 200%}
              trend: {normal: {mean: 10%, sd: 8%}}
              common_shock: {share: {low: 10%, likely: 30%, high: 70%}, of: cloud}
              severity: {lognormal: {median: 150k, sigma: 1.2}}
              severity_factor: {low: 0.5, likely: 0.7, high: 1}
              tail: {generalised_pareto: {threshold: 400k, shape: 0.4, scale: 300k}}
              recovery: {probability: 50%, liability_cap: 4}
              insurance: {retention: 200k, limit: 250k, aggregate: 500k}
            outage: &outage
              per_year: 3
              overdispersion: 40%
              trend: -20%
              common_shock: {share: 60%, of: cloud}
              hours: {gamma: {shape: 2, scale: 4}}
              cost_per_hour: 2k EUR
              recovery_factor: 0.6
            fraud: &fraud
              per_year: 2
              overdispersion: 1.5
              trend: 5%
              common_shock: {share: 20%, of: ring}
              reference_headcount: {low: 15, likely: 20, high: 28}
              turnover_sensitivity: {low: 2, likely: 6, high: 12}
              severity: {lognormal: {median: 60k, sigma: 1.6, max: 1M}}
              severity_factor: 0.9
              recovery: {probability: 30%}
              insurance: {retention: 20k, limit: 300k}
            ip_loss: &ip_loss
              per_year: 1
              overdispersion: 30%
              trend: 30%
              common_shock: {share: 50%, of: ring}
              reference_headcount: 25
              turnover_sensitivity: 3
              severity: {lognormal: {median: 300k, sigma: 1}}
              severity_factor: {low: 0.6, likely: 0.8, high: 1}
              recovery: {probability: 20%, liability_cap: 6}
              insurance: {retention: 200k, limit: 2M}
            regulatory: &regulatory
              per_year: {low: 0.5, likely: 1, high: 3}
              overdispersion: 20%
              trend: 4%
              common_shock: {share: 25%, of: law}
              unfamiliarity: {extra: {low: 1, likely: 2, high: 4}, fades: {low: 3, likely: 6, high: 9}}
              severity: {lognormal: {median: 150k, sigma: 2}}
              severity_factor: 0.8
              statutory_cap: {amount: {low: 300k, likely: 400k, high: 600k, currency: EUR},
                  revenue_share: {low: 1%, likely: 4%, high: 6%}, revenue: 12M EUR}
              remediation: {low: 10k, likely: 20k, high: 50k, currency: EUR}
              recovery: {probability: 40%}
              insurance: {retention: 50k, limit: 100k}
            data_loss: &data_loss
              per_year: 1
              overdispersion: 1
              trend: 8%
              common_shock: {share: 100%, of: cloud}
              severity: {weibull: {shape: 0.7, scale: 80k}}
              severity_factor: 0.35
              recovery: {probability: 30%}
              insurance: {retention: 10k, limit: 50k}
            strategic: &strategic
              per_year: 0.4
              overdispersion: 2
              trend: 12%
              common_shock: {share: 50%, of: market}
              severity: 2M
              severity_factor: {low: 0.5, likely: 1, high: 1.5}
              recovery: {probability: 10%}
              insurance: {retention: 1M, limit: 500k}
            reputation: &reputation
              per_year: 1
              overdispersion: 80%
              trend: 3%
              common_shock: {share: 40%, of: press}
              churn: {low: 0.2%, likely: 1.5%, high: 6%}
              churn_factor: {low: 0.4, likely: 0.8, high: 1}
              revenue: 20M EUR
              margin: {low: 20%, likely: 35%, high: 50%}
              lasts: {low: 1, likely: 6, high: 14}
            customer_satisfaction: &customer_satisfaction
              points: {normal: {mean: 0, sd: 1}}
              error_effect: {low: 0.5, likely: 1, high: 2}
              errors_today: 3%
              churn_per_point: {low: 0.1%, likely: 0.3%, high: 0.6%}
              revenue: {low: 10M, likely: 15M, high: 20M, currency: EUR}
              margin: 40%
              lag: {low: 0, likely: 4, high: 9}
  abroad:
    legs:
      - share: 55%
        name: north
        vendor:
          price: {per_unit: {amount: 260, currency: PHP}}
          productivity: 420
          turnover: {attrition: 45%}
          quality: {error_rate: 5%, cost_per_error: 6, turnover_sensitivity: 2, noise: {volatility: 30%}}
          transition: {planned: 3, delay: {low: 0, likely: 2, high: 6}, ramp_months: 4, scope: 70%}
          risks: &all
            breach: *breach
            outage: *outage
            fraud: *fraud
            ip_loss: *ip_loss
            regulatory: *regulatory
            data_loss: *data_loss
            strategic: *strategic
            reputation: *reputation
            customer_satisfaction: *customer_satisfaction
            dispute:
              per_year: {low: 1, likely: 2, high: 3}
              overdispersion: 90%
              trend: -8%
              common_shock: {share: 30%, of: courts}
              severity: {lognormal: {median: 70k, sigma: 1}}
              severity_factor: {low: 0.5, likely: 0.7, high: 1}
              management_hours: {low: 100, likely: 200, high: 500}
              cost_per_hour: {low: 60, likely: 90, high: 150, currency: EUR}
              recovery: {probability: 20%}
              insurance: {retention: 20k, limit: 90k}
      - share: 45%
        name: south
        vendor:
          price: {per_fte: {amount: 700k, currency: PHP}}
          productivity: 400
          turnover: {attrition: 30%}
          transition: {planned: 0, ramp_months: 3}
          risks:
            like: "alternatives.abroad.legs[0].vendor.risks"
            breach: {tail: {generalised_pareto: {threshold: 500k}}}
            regulatory: {statutory_cap: {revenue: 3M EUR, revenue_share: 2%}, unfamiliarity: {fades: 2}}
  records:
    legs:
      - vendor:
          price: {fixed_fee: {amount: 2M}}
          turnover: {attrition: 50%}
          transition: {planned: 6, ramp_months: 0}
          risks:
            breach:
              per_year: 5
              common_shock: {share: 80%, of: cloud}
              records: {number: {lognormal: {median: 900, sigma: 1.5}},
                  number_factor: {low: 0.3, likely: 0.5, high: 0.9},
                  cost_each: {low: 90, likely: 150, high: 220, currency: EUR}}
              severity_factor: 0.9
              recovery: {probability: 60%, liability_cap: 0.2}
            fraud: {per_year: 3, turnover_sensitivity: 4, severity: {gamma: {shape: 2, scale: 20k}}}
            regulatory: {per_year: 2, severity: 90k, statutory_cap: {amount: 70k}}
            reputation: {per_year: 2, churn: 1%, revenue: 9M, margin: 30%, lasts: 0.4}
            customer_satisfaction: {points: 2, churn_per_point: 0.2%, revenue: 9M, margin: 30%}
"""

# What ends or interrupts: vendors that fail, with the baseline, another alternative's vendor and a team as
# fallback, twice the same vendor, and one that works already; a transition that is given up, before and after
# its go-live, also of a vendor that may fail first; waves and a logistic ramp; severance by tenure; cohorts
# of successors in teams at work and in new ones; cover by volume, by span, beside fixed staff and alone; bad
# vendors.
INTERRUPTED = """
schema_version: 1
title: Interrupted
base_currency: USD
start: 2027-01
months: 29
discount_rate: 8%
world:
  volume: {unit: call, per_month: 12_000, growth: 5%, noise: {volatility: 15%, persistence: 0.5},
      season: [1.2, 1.2, 1.1, 1, 1, 0.9, 0.8, 0.8, 0.9, 1, 1, 1.1], margin_per_unit: 4}
  fx: {PHP: {spot: 0.0172, model: gbm, volatility: 8%}}
  wages: {US: {inflation: 4%, review_noise: 1%}, PH: {inflation: 6%}}
  country_events: {PH: {per_year: 2, months: 0.5, capacity_loss: {uniform: {low: 10%, high: 50%}}}}
  prices: {US: {inflation: 3%}}
alternatives:
  in-house:
    baseline: true
    legs:
      - share: 80%
        team:
          country: US
          roles:
            agent: {volume_per_fte: 500, salary: 42k, oncost: 28%, overhead: 9k}
            lead: {one_per: 12, of: agent, salary: 60k, cover: {seats: 1}}
            guard: {salary: 35k, overhead: 2k, cover: {seats: {low: 1, likely: 2, high: 3},
                hours_per_week: {low: 100, likely: 140, high: 168}, paid_hours_per_week: 38,
                productive: {low: 70%, likely: 80%, high: 90%},
                shift_premium: {low: 10%, likely: 20%, high: 40%}}}
            deputy: {one_per: 3, of: guard, salary: 50k}
          hiring: {per_hire: 2k, per_release: 1k}
          temporary: {premium: 20%}
          staffing: level
          turnover: {attrition: {low: 20%, likely: 35%, high: 60%}, recruiting: 3k, training: 2k,
              ramp_months: 4, ramp_productivity: 50%,
              replacement: {hiring_lag: {low: 0.3, likely: 1.5, high: 4},
                  training_months: {low: 0, likely: 1, high: 2}, ramp_months: {low: 0.5, likely: 3, high: 6},
                  start_productivity: {low: 20%, likely: 40%, high: 70%}}}
          quality: {error_rate: 3%, cost_per_error: 8, turnover_sensitivity: 2, noise: {volatility: 20%}}
          continuity: {covered: 50%, emergency_premium: 1.8}
      - share: 20%
        vendor:
          country: PH
          price: {per_unit: {amount: 260, currency: PHP, commitment: 90%}}
          quality: {error_rate: 4%, cost_per_error: 8}
  manila:
    legs:
      - vendor:
          country: PH
          price: {per_fte: {amount: {low: 60k, likely: 75k, high: 95k}, currency: PHP}}
          productivity: 450
          leakage: {change_requests: 4%}
          governance: {retained_fte: 2, cost_per_fte: 90k, country: US}
          turnover: {attrition: 40%}
          quality: {error_rate: 5%, cost_per_error: 8, turnover_sensitivity: 2}
          dependence: {half_life: 20}
          risks: {outage: {per_year: 4, hours: 5, cost_per_hour: 900}}
          sla: {metrics: {up: {target: 99%, service_hours: {low: 500, likely: 600, high: 730},
              force_majeure: {low: 0%, likely: 60%, high: 1}, credit_rate: {low: 20%, likely: 50%, high: 1}},
              accuracy: {target: 95%, credit_rate: 1}}, at_risk: 40%, earn_back: 4}
          continuity: {covered: {low: 40%, likely: 70%, high: 90%},
              emergency_premium: {low: 1.2, likely: 1.6, high: 3}}
          failure: {per_year: {low: 20%, likely: 50%, high: 80%},
              recovery_months: {low: 0.5, likely: 2.5, high: 5}}
          selection:
            good: {low: 40%, likely: 60%, high: 80%}
            if_bad: {error_rate: {low: 1.1, likely: 1.4, high: 2}, attrition: 1.3, outage: 1.7,
                productivity: 0.8, change_requests: 2, failure: 1.2, breach: 2}
            due_diligence: {sensitivity: {low: 70%, likely: 85%, high: 95%},
                specificity: {low: 40%, likely: 60%, high: 80%}, cost: {low: 20k, likely: 30k, high: 50k}}
          transition:
            planned: 3
            delay: {low: 0, likely: 1, high: 4}
            pilot: {share: 20%, months: 1}
            ramp_months: {low: 2, likely: 4, high: 9}
            ramp: logistic
            parallel_run: {months: 1.5, intensity: 60%}
            one_off: {selection: 20k, legal: 1M PHP, knowledge_transfer: 90k, integration: 2M PHP}
            overrun: {low: 0.9, likely: 1.1, high: 1.8}
            severance: {weeks_of_pay: 2, weeks_per_year: {low: 0.5, likely: 1.5, high: 3},
                tenure: {low: 1, likely: 5, high: 12}, min_weeks: {low: 4, likely: 8, high: 12},
                max_weeks: {low: 8, likely: 12, high: 20}}
            stranded_overhead: {share: 50%, half_life: 6}
            morale: {productivity_loss: 10%, attrition_factor: 1.5, announced: {low: 0, likely: 1, high: 3}}
            scope: 80%
            failure: {probability: {low: 20%, likely: 40%, high: 60%}, month: {low: 1, likely: 8, high: 20},
                recovery_months: {low: 0, likely: 2, high: 4}, return_cost: 3M PHP}
  cebu:
    legs:
      - vendor:
          country: PH
          price: {per_unit: {amount: 250, currency: PHP}}
          governance: {fee_share: 3%, tools: 50k}
          failure: {per_year: 60%, recovery_months: 1, fallback: manila}
          transition: {planned: 2.5, ramp_months: {low: 0.2, likely: 6, high: 12},
              waves: [10%, 40%, 40%, 100%], one_off: {legal: 10k, knowledge_transfer: 40k},
              learning: {extra: 20%, fades: 3}}
  at-once:
    legs:
      - vendor:
          price: {per_unit: {amount: 4.5}}
          failure: {per_year: {low: 0%, likely: 30%, high: 60%}, fallback: captive}
          continuity: {covered: 80%}
  works-already:
    legs: [{vendor: {price: {per_unit: {amount: 4.4}}, failure: {per_year: 40%, recovery_months: 3}}}]
  captive:
    legs:
      - team:
          country: PH
          roles:
            agent: {volume_per_fte: 420, salary: 400k PHP,
                cover: {seats: {low: 4, likely: 7, high: 11}, paid_hours_per_week: 44, shift_premium: 15%}}
            coach: {volume_per_fte: 2_000, salary: 500k PHP, cover: {seats: 1.5}}
            engineer: {fixed: 3, salary: 600k PHP, overhead: 1k, cover: {seats: 1}}
          hiring: {per_hire: 500, per_release: 200}
          buffer: 5%
          turnover: {attrition: 50%, recruiting: 400,
              replacement: {hiring_lag: 2, training_months: 1, ramp_months: 2}}
          transition: {planned: 4, ramp_months: 3, waves: [100%], learning: {extra: 30%, fades: 4},
              failure: {probability: 50%, month: {low: 3, likely: 9, high: 20}}}
  mixed:
    legs:
      - {share: 25%, like: manila}
      - {share: 25%, like: cebu}
      - {share: 20%, like: "alternatives.in-house.legs[0]"}
      - {share: 30%, like: manila}
"""

# What ends as planned, and what is lost, late or follows: exits that go home, onward and out of the baseline,
# beside failures of old and young relationships and a move that is given up; contracts of the baseline that
# fail or end while work still moves away from them, one to the alternative that it moves to; knowledge that
# leavers take along, at vendors old and new, with their number known and not; service that is degraded for a
# while; automation; teams that cannot hire fast enough; events that follow others, shared ones among them.
DEPARTURES = """
schema_version: 1
title: Who leaves when
base_currency: USD
start: 2027-05
months: 32
discount_rate: {normal: {mean: 8%, sd: 1%}}
world:
  volume:
    unit: claim
    per_month: {low: 9_000, likely: 10_000, high: 12_000}
    growth: {low: 5%, likely: 25%, high: 60%}
    season: [1.2, 1.1, 1.1, 1, 1, 0.9, 0.8, 0.8, 0.9, 1, 1, 1.2]
    noise: {volatility: 8%, persistence: 0.5}
    margin_per_unit: 6 EUR
  fx:
    EUR: {spot: 1.1, model: gbm, volatility: 8%}
    PHP: {spot: 0.0172, model: gbm, volatility: 7%}
  wages:
    US: {inflation: {normal: {mean: 4%, sd: 1%}}}
    PH: {inflation: 5%, review_noise: 1%}
alternatives:
  today:
    baseline: true
    investments:
      servers: {amount: {low: 60k, likely: 90k, high: 150k}, month: {low: 0, likely: 5, high: 12}, every: 9}
      licences: {amount: 40k EUR, month: 0, every: 6.5}
    legs:
      - share: 60%
        name: own
        team:
          country: US
          roles:
            agent: {volume_per_fte: 400, salary: 42k, oncost: 28%, overhead: 6k}
            lead: {one_per: 12, of: agent, salary: 60k}
          hiring: {per_hire: 2k, most_per_month: {low: 0.05, likely: 0.15, high: 0.6}}
          automation: {gain: {low: 0%, likely: 10%, high: 25%}, month: {low: 4, likely: 9.5, high: 15},
              ramp_months: 3.5}
          turnover: {attrition: 30%, recruiting: 2k}
          quality: {error_rate: 3%, cost_per_error: 9, noise: {volatility: 10%},
              degraded: {per_year: {low: 0.5, likely: 1, high: 3}, months: {low: 1, likely: 3, high: 6},
              factor: {low: 1.2, likely: 2, high: 4}}}
          risks: &risks
            breach: {per_year: 1.5, severity: {lognormal: {median: 40k, sigma: 1}}, trend: 10%,
                overdispersion: 30%, common_shock: {share: 40%, of: cloud}}
            outage: {per_year: 4, hours: 3, cost_per_hour: 2k}
            regulatory: {per_year: 0.5, severity: {lognormal: {median: 20k, sigma: 1}},
                recovery: {probability: 40%}, unfamiliarity: {extra: 2, fades: 5},
                after: {breach: {low: 20%, likely: 50%, high: 90%}}}
            data_loss: {per_year: 0.2, severity: 15k,
                after: {outage: {low: 5%, likely: 15%, high: 40%}, fraud: 10%},
                insurance: {retention: 5k, limit: 8k, aggregate: 14k}}
            reputation: {per_year: 0.1, churn: {low: 0.1%, likely: 0.5%, high: 2%}, revenue: 20M,
                margin: 20%, lasts: 3.5, after: {breach: {low: 10%, likely: 30%, high: 70%}, regulatory: 25%}}
      - share: 25%
        name: old
        vendor: &old
          country: PH
          price: {per_fte: {amount: 60k, currency: PHP}}
          productivity: 380
          term: 12
          renewal_uplift: 4%
          dependence: {half_life: 20, outsourced_before: 15, longer_exit: {low: 0.5, likely: 1, high: 3}}
          turnover: {attrition: {low: 20%, likely: 40%, high: 70%}}
          knowledge_loss: {taken: {low: 30%, likely: 60%, high: 90%},
              extra: {low: 20%, likely: 50%, high: 120%}, relearnt: {low: 2, likely: 6, high: 12}}
          quality: {error_rate: 4%, cost_per_error: 9, turnover_sensitivity: 1,
              degraded: {per_year: 2, months: 0.5, factor: 0.5}}
          sla: {metrics: {late: {target: 94%, miss_rate: 5%, credit_rate: 2}}}
          continuity: {covered: 60%, emergency_premium: 1.5}
          termination: {fee_months: [5, 3, 2, 1], notice: 6, contract_age: 4}
          governance: {retained_fte: 1, cost_per_fte: 80k, country: US}
          failure: {per_year: {low: 20%, likely: 40%, high: 70%},
              recovery_months: {low: 0.5, likely: 2, high: 4}, shape: {low: 1.1, likely: 1.6, high: 2.5},
              age: {low: 6, likely: 18, high: 30}, fallback: fresh}
          risks: *risks
      - share: 15%
        name: ends
        vendor:
          like: "alternatives.today.legs[1].vendor"
          productivity: 410
          failure: {per_year: 10%, shape: 0.5, age: 0, fallback: later}
          exit: {month: {low: 8, likely: 14, high: 24}, recovery_months: 1.5, fallback: fresh, cost: 50k EUR}
  fresh:
    investments: {tools: {amount: 70k EUR, month: {low: 2, likely: 7, high: 20}}}
    legs:
      - vendor:
          country: PH
          price: {per_unit: {amount: 190, currency: PHP}}
          productivity: {low: 360, likely: 400, high: 440}
          automation: {gain: {low: 0%, likely: 15%, high: 40%}, month: 10}
          turnover: {attrition: 35%}
          knowledge_loss: {taken: 70%, extra: 60%, relearnt: 4}
          quality: {error_rate: 3.5%, cost_per_error: 9, degraded: {per_year: 1.5, months: 4, factor: 2}}
          dependence: {half_life: 12, longer_exit: 2}
          continuity: {covered: 50%}
          termination: {fee_months: [6, 4, 2], notice: 25}
          exit: {month: {low: 12, likely: 19, high: 28}, recovery_months: {low: 0.5, likely: 2, high: 4},
              cost: {low: 50k, likely: 90k, high: 200k}, rehiring: {low: 2k, likely: 4k, high: 7k}}
          failure: {per_year: 15%, recovery_months: 3, fallback: later, shape: 0.7}
          risks: *risks
          transition:
            planned: 3
            delay: {low: 0, likely: 1, high: 3}
            ramp_months: 9
            parallel_run: {months: 1.5}
            one_off: {legal: 30k, knowledge_transfer: 80k EUR}
            overrun: {low: 0.9, likely: 1.2, high: 1.8}
            scope: 70%
            learning: {extra: 30%, fades: 4}
            stranded_overhead: {share: 40%, half_life: 8}
            failure: {probability: 20%, month: {low: 4, likely: 10, high: 16}, recovery_months: 1,
                return_cost: 60k}
  later:
    legs:
      - vendor:
          price: {per_unit: {amount: 5}}
          turnover: {attrition: 50%}
          knowledge_loss: {taken: 50%, extra: 40%, relearnt: 5}
          quality: {error_rate: 4%, cost_per_error: 9}
          exit: {month: 20, recovery_months: 1, fallback: fresh, rehiring: 1}
          failure: {per_year: 30%, recovery_months: 2}
          risks: *risks
          transition: {planned: 2, ramp_months: 12, one_off: {legal: 20k}}
  captive:
    legs:
      - share: 70%
        team:
          country: PH
          roles: {agent: {volume_per_fte: 380, salary: 300k PHP, overhead: 50k PHP}}
          overtime: {limit: 10%}
          hiring: {most_per_month: {low: 0.8, likely: 1.5, high: 3}}
          turnover: {attrition: 30%, replacement: {hiring_lag: 1, ramp_months: 2}}
          quality: {error_rate: 4%, cost_per_error: 9}
          risks: *risks
          transition: {planned: 4, ramp_months: 8, learning: {extra: 20%, fades: 5}}
      - {share: 30%, like: "alternatives.today.legs[1]"}
"""

# Benefits of every kind, certain and not, in two currencies; costs of mitigations, effects at once and with a
# lag, certain and not, several on one number, on a leg by its name and on the outgoing team; legs that move
# in different ways beside one that stays.
MEASURES = """
schema_version: 1
title: Measures and benefits
base_currency: USD
start: 2027-01
months: 30
discount_rate: 8%
world:
  volume: {unit: call, per_month: 10_000, margin_per_unit: 3}
  fx: {EUR: {spot: 1.1, model: gbm, volatility: 8%}}
mitigations:
  plan: {once: {amount: 20k, currency: EUR}, per_year: {low: 5k, likely: 9k, high: 20k}, lag: 6,
      effects: {"*.agent.salary": 0.97, "*.cost_per_*": {low: 0.7, likely: 0.8, high: 1}}}
  desk: {per_year: 12k EUR, fee_share: {low: 1%, likely: 2%, high: 4%}, lag: {low: 0, likely: 4, high: 20},
      effects: {"*.price": {low: 0.9, likely: 0.98, high: 1}, in-house.agent.volume_per_fte: 1.1}}
  haste: {effects: {"away.ramp*": 0.9, "*.outage.*": 0.8, "*.hours": {uniform: {low: 0.5, high: 1}}}}
alternatives:
  in-house:
    baseline: true
    team:
      roles: {agent: {volume_per_fte: 500, salary: 40k}}
      hiring: {per_hire: 1k, per_release: 2k}
      risks: {outage: {per_year: 3, hours: 4, cost_per_hour: 1k EUR, recovery_factor: 0.9}}
    mitigations: [plan]
  away:
    legs:
      - {share: 30%, like: in-house}
      - share: 50%
        vendor:
          price: {per_unit: {amount: 4}}
          transition: {planned: 3, delay: {low: 0, likely: 2, high: 6}, ramp_months: 6}
      - {share: 20%, vendor: {price: {per_unit: {amount: 5, currency: EUR}}, transition: {planned: 5}}}
    mitigations: [plan, desk, haste]
    benefits:
      management_freed: {fte: {low: 0, likely: 1, high: 3}, value: 140k,
        realised: {low: 0, likely: 20%, high: 80%},
          lag: {low: 0, likely: 2, high: 4}}
      faster_launch: {months: {low: 0, likely: 3.5, high: 9}, planned: 6.5, realised: 60%,
          margin_per_month: {low: 10k, likely: 20k, high: 60k, currency: EUR}}
      technology: {per_year: 30k EUR, realised: 70%, lag: 1.5}
      avoided_investment: {low: 10k, likely: 20k, high: 40k, currency: EUR}
      other: {per_year: 6k, realised: 1}
  ready:
    vendor: {price: {per_unit: {amount: 3}}}
    benefits: {faster_launch: {months: 2.5, margin_per_month: 9k}, other: {per_year: 6k, realised: 1, lag: 2}}
"""

HERE = Path(__file__).parent
WRITTEN = {
    "staffing": STAFFING,
    "captive": CAPTIVE,
    "contracts": CONTRACTS,
    "second generation": SECOND_GENERATION,
    "markets": MARKETS,
    "clauses": CLAUSES,
    "events": EVENTS,
    "interrupted": INTERRUPTED,
    "departures": DEPARTURES,
    "measures": MEASURES,
}
FILES = {path.stem: path for path in (*HERE.glob("data/*.yaml"), *HERE.parent.glob("scenarios/*.yaml"))}
EVERY = [*WRITTEN, *sorted(FILES)]

Differences = dict[tuple[str, str], tuple[float, float]]
"""By alternative and category, or "flow" and month: what the engine says and what the twin says."""


@cache
def scenario_named(name: str) -> Scenario:
    """Return a scenario of this file, of the tests' data or as shipped."""
    return scenario_of(read_tree(WRITTEN[name], f"{name}.yaml")) if name in WRITTEN else load(FILES[name])


@cache
def twin_of(name: str, kind: Kind = "random") -> dict[int, tuple[float, dict[str, Ledger]]]:
    """Return by trial the discount rate and the twin's ledger of each alternative."""
    scenario = scenario_named(name)
    draws = design_of(scenario, kind).draws(SEED, 1, BLOCK)
    values = scenario.uncertain.values(draws, scenario.dependence)
    found = {}
    for trial in TRIALS:
        bound = scenario.uncertain.bind(scenario, [float(value[trial]) for value in values])
        found[trial] = bound.discount_rate, simulate_trial(bound, draws, trial)
    return found


def differences(scenario: Scenario, name: str, kind: Kind = "random") -> Differences:
    """Return where a scenario's block in the engine differs from the twin's trials of the named one."""
    block = simulate_block(scenario, design_of(scenario, kind).draws(SEED, 1, BLOCK))
    found: Differences = {}
    for trial, (rate, ledgers) in twin_of(name, kind).items():
        assert list(block) == list(ledgers)
        for alternative, ledger in ledgers.items():
            cash = block[alternative]
            engine = {category: float(pv[trial]) for category, pv in cash.categories.items()}
            flow = [float(cost) for cost in np.broadcast_to(cash.flow, (len(cash.flow), BLOCK))[:, trial]]
            found |= unequal(alternative, (engine, flow), ledger, rate, tolerance=1e-12)
    return found


def unequal(
    alternative: str,
    engine: tuple[Mapping[str, float], list[float]],
    ledger: Ledger,
    rate: float,
    tolerance: float,
) -> Differences:
    """Return the categories and months that differ by more than a part of them and of the total.

    A category that one side does not have is 0 there.
    """
    values, flow = engine
    twin, twin_flow = ledger.present_values(rate), ledger.flow()
    slack = tolerance * sum(map(abs, twin.values()))
    found: Differences = {
        (alternative, category): (values.get(category, 0.0), twin.get(category, 0.0))
        for category in sorted(values.keys() | twin.keys())
        if values.get(category, 0.0) != pytest.approx(twin.get(category, 0.0), rel=tolerance, abs=slack)
    }
    assert len(flow) == len(twin_flow)
    slack = tolerance * max(map(abs, twin_flow))
    found |= {
        (alternative, f"flow of month {t}"): (ours, theirs)
        for t, (ours, theirs) in enumerate(zip(flow, twin_flow, strict=True))
        if ours != pytest.approx(theirs, rel=tolerance, abs=slack)
    }
    return found


@pytest.mark.parametrize("name", EVERY)
def test_engine_equals_the_loop_on_the_same_draws(name: str) -> None:
    """Protects every equation of the engine: broadcasting, joining, caching, order of months and trials."""
    assert differences(scenario_named(name), name) == {}


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
@pytest.mark.parametrize("name", sorted(FILES))
def test_engine_equals_the_loop_under_a_design(name: str, kind: Kind) -> None:
    """Designed draws come through the same door: the loop that asks by name gets what the engine got."""
    assert differences(scenario_named(name), name, kind) == {}


@pytest.mark.parametrize("name", EVERY)
def test_base_case_equals_the_loop_without_noise(name: str) -> None:
    """Protects the deterministic twin that ties to a spreadsheet: inputs at their means, events expected."""
    scenario = scenario_named(name)
    bound = scenario.uncertain.bind(scenario, scenario.uncertain.means())
    loop = simulate_trial(bound, None, 0)
    found: Differences = {}
    for alternative, case in base_case(scenario).items():
        flow = [float(cost) for cost in case.flow]
        found |= unequal(
            alternative, (case.categories, flow), loop[alternative], bound.discount_rate, tolerance=1e-9
        )
    assert found == {}


@pytest.mark.parametrize("noise", [True, False])
def test_world_equals_the_loop(noise: bool) -> None:
    """Protects the world's paths themselves, also those that no leg of the scenario reads."""
    scenario = scenario_named("markets")
    draws = StreamDraws(SEED, 1, BLOCK) if noise else NoDraws()
    inputs = scenario.uncertain
    values = inputs.values(draws, scenario.dependence) if isinstance(draws, StreamDraws) else inputs.means()
    bound = inputs.bind(scenario, values)
    world = simulate_world(bound.world, draws, bound.months, bound.calendar_start, bound.base_currency)
    for trial in TRIALS if noise else (0,):
        own = inputs.bind(scenario, [float(np.atleast_1d(value)[trial]) for value in values])
        loop = world_of(own, Recorded(draws if isinstance(draws, StreamDraws) else None, trial))
        pairs = [(world.volume, loop.volume)]
        pairs += [(world.rate(currency), path) for currency, path in loop.rates.items()]
        pairs += [(world.disruption(country), path) for country, path in loop.disruptions.items()]
        for ours, theirs in pairs:
            column = np.broadcast_to(ours, (world.months, world.trials))[:, trial]
            assert column == pytest.approx(theirs[1:], rel=1e-12, abs=1e-14)
    assert np.any(world.disruption("PL"))
    assert not np.any(world.disruption("US"))


# What is changed a little in the engine's copy of a scenario, and the category of the alternative that must
# then differ: so each of these terms binds in at least one of the dozen trials, and the comparison can fail.
ALTERED = [
    ("staffing", "growth: {p10: -4%", "growth: {p10: -4.001%", "level", "labour"),
    ("staffing", "volatility: {low: 10%", "volatility: {low: 10.001%", "level", "overtime"),
    ("staffing", "limit: {low: 5%", "limit: {low: 5.001%", "level", "lost_work"),
    ("staffing", "premium: {low: 10%", "premium: {low: 10.001%", "level", "temporary_staff"),
    ("staffing", "training: 90k INR", "training: 90_001 INR", "level", "temporary_staff"),
    ("staffing", "per_release: 3k EUR", "per_release: 3_001 EUR", "peak", "hiring_and_release"),
    ("staffing", "fixed: {low: 1,", "fixed: {low: 1.001,", "level", "overhead"),
    ("staffing", "per_year: 20, hours: 3", "per_year: 20, hours: 3.001", "level", "outage"),
    ("staffing", "attrition: 99.99%", "attrition: 99.8%", "follow", "turnover"),
    ("staffing", "per_year: 1M INR", "per_year: 1_000_001 INR", "peak", "coordination"),
    ("captive", "half_life: 1.5}", "half_life: 1.5001}", "centre", "labour"),
    ("captive", "planned: 4 months", "planned: 4.001 months", "centre", "transition"),
    ("captive", "intensity: {low: 30%", "intensity: {low: 30.1%", "centre", "labour"),
    ("captive", "redeployed: {low: 0%", "redeployed: {low: 0.1%", "centre", "severance"),
    ("captive", "half_life: {low: 2,", "half_life: {low: 2.001,", "centre", "stranded_overhead"),
    ("captive", "productivity_loss: 90%", "productivity_loss: 89.9%", "jump", "lost_work"),
    ("captive", "attrition_factor: {low: 1,", "attrition_factor: {low: 1.01,", "blend", "turnover"),
    ("captive", "scope: {low: 60%", "scope: {low: 1%", "centre", "outage"),
    ("captive", "aggregate: 800k", "aggregate: 800_001", "in-house", "data_breach"),
    ("contracts", "commitment: {low: 80%", "commitment: {low: 80.1%", "per-unit", "vendor_fees"),
    (
        "contracts",
        "additional_charge: {low: 0.8",
        "additional_charge: {low: 0.801",
        "per-unit",
        "vendor_fees",
    ),
    ("contracts", "reduced_credit: {low: 30%", "reduced_credit: {low: 30.1%", "shared", "vendor_fees"),
    ("contracts", "floor: {low: 1%", "floor: {low: 1.001%", "per-unit", "vendor_fees"),
    ("contracts", "cap: {low: 4%", "cap: {low: 4.001%", "per-unit", "vendor_fees"),
    ("contracts", "floor: 2.2%", "floor: 2.201%", "plain", "vendor_fees"),
    ("contracts", "at_risk: {low: 5%", "at_risk: {low: 5.1%", "per-unit", "service_credits"),
    ("contracts", "fx_clause: home", "fx_clause: invoice", "per-fte", "vendor_fees"),
    ("contracts", "term: 9.5", "term: 8.5", "per-fte", "vendor_fees"),
    ("contracts", "withholding: {low: 0%", "withholding: {low: 0.1%", "per-unit", "taxes"),
    ("contracts", "change_premium: {low: 0%", "change_premium: {low: 0.1%", "per-unit", "change_requests"),
    ("contracts", "tools: 500k INR", "tools: 500_001 INR", "per-unit", "governance"),
    ("contracts", "turnover_sensitivity: 2}", "turnover_sensitivity: 2.001}", "per-fte", "service_quality"),
    ("contracts", "liability_cap: {low: 1,", "liability_cap: {low: 1.01,", "per-unit", "data_breach"),
    ("second generation", "commitment: 95%", "commitment: 95.01%", "half-home", "vendor_fees"),
    ("second generation", "scope: 80%", "scope: 40%", "home", "data_breach"),
    ("markets", "jumps_per_year: {low: 0.2,", "jumps_per_year: {low: 0.201,", "away", "labour"),
    ("markets", "jump_sd: {low: 2%", "jump_sd: {low: 2.001%", "away", "labour"),
    ("markets", "[ZAR, MXN, 0.4]", "[ZAR, MXN, 0.4001]", "away", "overhead"),
    ("markets", "foreign: 4.5%", "foreign: 4.501%", "home", "overhead"),
    ("markets", "foreign: 5%", "foreign: 5.001%", "home", "labour"),
    ("markets", "factor: {uniform: {low: 0.9", "factor: {uniform: {low: 0.901", "home", "overtime"),
    ("events", "overdispersion: {low: 20%", "overdispersion: {low: 60%", "abroad", "data_breach"),
    ("events", "trend: {normal: {mean: 10%", "trend: {normal: {mean: 60%", "abroad", "data_breach"),
    ("events", "share: {low: 10%, likely: 30%", "share: {low: 10%, likely: 60%", "in-house", "data_breach"),
    ("events", "shape: 0.4, scale: 300k", "shape: 0.41, scale: 310k", "in-house", "data_breach"),
    ("events", "number_factor: {low: 0.3", "number_factor: {low: 0.301", "records", "data_breach"),
    ("events", "cost_each: {low: 90", "cost_each: {low: 90.1", "records", "data_breach"),
    ("events", "reference_headcount: {low: 15", "reference_headcount: {low: 10", "abroad", "fraud"),
    ("events", "sensitivity: {low: 2, likely: 6, high: 12}", "sensitivity: 90", "in-house", "fraud"),
    ("events", "extra: {low: 1,", "extra: {low: 1.9,", "abroad", "regulatory"),
    ("events", "{fades: 2}", "{fades: 30}", "abroad", "regulatory"),
    ("events", "amount: {low: 300k", "amount: {low: 301k", "abroad", "regulatory"),
    ("events", "revenue_share: {low: 1%", "revenue_share: {low: 1.1%", "in-house", "regulatory"),
    ("events", "remediation: {low: 10k", "remediation: {low: 10_100", "abroad", "regulatory"),
    ("events", "management_hours: {low: 100", "management_hours: {low: 101", "abroad", "dispute"),
    ("events", "churn_factor: {low: 0.4", "churn_factor: {low: 0.41", "in-house", "reputation"),
    ("events", "lasts: {low: 1,", "lasts: {low: 1.1,", "in-house", "reputation"),
    ("events", "lag: {low: 0,", "lag: {low: 0.1,", "in-house", "customer_satisfaction"),
    ("events", "error_effect: {low: 0.5", "error_effect: {low: 0.51", "abroad", "customer_satisfaction"),
    ("clauses", "unit_price: {low: 60", "unit_price: {low: 60.01", "today", "vendor_fees"),
    ("clauses", "fte_price: {low: 5k", "fte_price: {low: 5_001", "today", "vendor_fees"),
    ("clauses", "width: {low: 3%", "width: {low: 3.001%", "today", "vendor_fees"),
    ("clauses", "client_share: {low: 50%", "client_share: {low: 50.1%", "today", "vendor_fees"),
    ("clauses", "half_life: {low: 12", "half_life: {low: 12.01", "today", "vendor_fees"),
    ("clauses", "documentation: {low: 10%", "documentation: {low: 10.1%", "today", "vendor_fees"),
    ("clauses", "outsourced_before: {low: 12", "outsourced_before: {low: 12.1", "today", "vendor_fees"),
    ("clauses", "fee_months: [6, {low: 3,", "fee_months: [6, {low: 3.1,", "incentive", "termination"),
    ("clauses", "contract_age: 20", "contract_age: 18", "incentive", "termination"),
    ("clauses", "notice: {low: 3,", "notice: {low: 3.1,", "plain", "termination"),
    ("clauses", "allocation: {low: 20%", "allocation: {low: 20.1%", "today", "service_credits"),
    ("clauses", "miss_rate: {low: 4%", "miss_rate: {low: 5%", "today", "service_credits"),
    ("clauses", "[2, 2%]", "[2, 2.01%]", "today", "service_credits"),
    ("clauses", "credit_rate: {low: 1,", "credit_rate: {low: 1.01,", "today", "service_credits"),
    ("clauses", "at_risk: {low: 4%", "at_risk: {low: 4.01%", "today", "service_credits"),
    ("clauses", "pool: {low: 50%", "pool: {low: 50.1%", "today", "service_credits"),
    ("clauses", "earn_back: 2", "earn_back: 3", "today", "service_credits"),
    ("clauses", "margin: {low: 10%", "margin: {low: 10.1%", "cost-plus", "vendor_fees"),
    ("clauses", "averaged: {months: 3}", "averaged: {months: 4}", "cost-plus", "vendor_fees"),
    ("clauses", "lognormal: {mean: 0.3,", "lognormal: {mean: 0.301,", "cost-plus", "change_requests"),
    ("clauses", "premium: {low: 10%", "premium: {low: 10.1%", "cost-plus", "change_requests"),
    ("clauses", "target_cost: {low: 1.1M", "target_cost: {low: 1.101M", "incentive", "vendor_fees"),
    ("clauses", "_share_below: {low: 20%", "_share_below: {low: 20.1%", "incentive", "vendor_fees"),
    ("clauses", "_share_above: {low: 30%", "_share_above: {low: 30.1%", "incentive", "vendor_fees"),
    ("clauses", "ceiling: {low: 1.5M", "ceiling: {low: 1.501M", "incentive", "vendor_fees"),
    ("clauses", "months: {low: 10,", "months: {low: 11,", "incentive", "vendor_fees"),
    ("clauses", "n_interest: {low: 5%", "n_interest: {low: 5.01%", "incentive", "vendor_fees"),
    ("clauses", "cost_basis_points: {low: 5,", "cost_basis_points: {low: 5.1,", "incentive", "vendor_fees"),
    ("clauses", "cost_basis_points: 10}", "cost_basis_points: 11}", "incentive", "vendor_fees"),
    ("clauses", "scope_creep: {low: 0%", "scope_creep: {low: 0.01%", "incentive", "change_requests"),
    ("clauses", "scale: 40_000", "scale: 40_010", "incentive", "change_requests"),
    ("clauses", "loss_share: {low: 10%", "loss_share: {low: 10.1%", "gain-share", "vendor_fees"),
    ("clauses", "cap: {low: 3%", "cap: {low: 3.01%", "gain-share", "vendor_fees"),
    ("clauses", "floor: {low: 1%", "floor: {low: 1.01%", "gain-share", "vendor_fees"),
    ("clauses", "earn_back: 1}", "earn_back: 2}", "plain", "service_credits"),
    ("interrupted", "hiring_lag: {low: 0.3", "hiring_lag: {low: 0.301", "in-house", "labour"),
    ("interrupted", "training_months: {low: 0,", "training_months: {low: 0.01,", "in-house", "lost_work"),
    (
        "interrupted",
        "start_productivity: {low: 20%",
        "start_productivity: {low: 20.1%",
        "in-house",
        "overtime",
    ),
    ("interrupted", "productive: {low: 70%", "productive: {low: 70.1%", "in-house", "overhead"),
    ("interrupted", "seats: {low: 4,", "seats: {low: 4.1,", "captive", "labour"),
    ("interrupted", "cover: {seats: 1.5}", "cover: {seats: 1.6}", "captive", "hiring_and_release"),
    ("interrupted", "per_year: {low: 20%", "per_year: {low: 20.1%", "manila", "continuity"),
    ("interrupted", "recovery_months: {low: 0.5", "recovery_months: {low: 0.51", "manila", "continuity"),
    ("interrupted", "emergency_premium: {low: 1.2", "emergency_premium: {low: 1.21", "manila", "continuity"),
    ("interrupted", "covered: {low: 40%", "covered: {low: 40.1%", "manila", "lost_work"),
    ("interrupted", "half_life: 20}", "half_life: 20.1}", "manila", "retransition"),
    ("interrupted", "return_cost: 3M PHP", "return_cost: 3_000_001 PHP", "manila", "retransition"),
    ("interrupted", "month: {low: 1,", "month: {low: 1.1,", "manila", "vendor_fees"),
    ("interrupted", "ramp: logistic", "ramp: linear", "manila", "vendor_fees"),
    ("interrupted", "waves: [10%, 40%", "waves: [10.1%, 40%", "cebu", "vendor_fees"),
    ("interrupted", "fallback: manila", "fallback: at-once", "cebu", "governance"),
    ("interrupted", "fallback: captive", "fallback: works-already", "at-once", "labour"),
    ("interrupted", "weeks_per_year: {low: 0.5", "weeks_per_year: {low: 0.51", "manila", "severance"),
    ("interrupted", "min_weeks: {low: 4,", "min_weeks: {low: 4.1,", "manila", "severance"),
    ("interrupted", "max_weeks: {low: 8,", "max_weeks: {low: 8.1,", "manila", "severance"),
    ("interrupted", "announced: {low: 0,", "announced: {low: 0.9,", "manila", "turnover"),
    ("interrupted", "error_rate: {low: 1.1", "error_rate: {low: 1.11", "manila", "service_quality"),
    ("interrupted", "outage: 1.7", "outage: 2.5", "manila", "outage"),
    ("interrupted", "specificity: {low: 40%", "specificity: {low: 10%", "manila", "service_quality"),
    ("departures", "longer_exit: {low: 0.5", "longer_exit: {low: 0.51", "today", "continuity"),
    ("departures", "longer_exit: 2}", "longer_exit: 2.01}", "fresh", "continuity"),
    ("departures", "shape: {low: 1.1", "shape: {low: 1.11", "fresh", "vendor_fees"),
    ("departures", "age: {low: 6", "age: {low: 6.1", "fresh", "continuity"),
    ("departures", "taken: {low: 30%", "taken: {low: 30.1%", "today", "service_quality"),
    (
        "departures",
        "extra: {low: 20%, likely: 50%",
        "extra: {low: 20.1%, likely: 50%",
        "fresh",
        "vendor_fees",
    ),
    ("departures", "relearnt: {low: 2", "relearnt: {low: 2.01", "today", "service_credits"),
    ("departures", "month: {low: 8", "month: {low: 8.1", "today", "retransition"),
    (
        "departures",
        "recovery_months: 1.5, fallback",
        "recovery_months: 1.51, fallback",
        "fresh",
        "continuity",
    ),
    ("departures", "cost: 50k EUR}", "cost: 50_001 EUR}", "fresh", "retransition"),
    ("departures", "notice: 25", "notice: 25.1", "fresh", "termination"),
    ("departures", "notice: 6", "notice: 6.1", "fresh", "termination"),
    ("departures", "month: {low: 12", "month: {low: 18", "fresh", "termination"),
    ("departures", "rehiring: {low: 2k", "rehiring: {low: 2_001", "fresh", "retransition"),
    ("departures", "fallback: later, shape", "fallback: today, shape", "fresh", "labour"),
    (
        "departures",
        "degraded: {per_year: {low: 0.5",
        "degraded: {per_year: {low: 0.99",
        "today",
        "service_quality",
    ),
    ("departures", "factor: {low: 1.2", "factor: {low: 1.21", "today", "service_quality"),
    ("departures", "gain: {low: 0%, likely: 10%", "gain: {low: 0%, likely: 10.1%", "today", "labour"),
    ("departures", "most_per_month: {low: 0.05", "most_per_month: {low: 0.051", "today", "labour"),
    ("departures", "most_per_month: {low: 0.8", "most_per_month: {low: 0.81", "captive", "lost_work"),
    ("departures", "amount: {low: 60k", "amount: {low: 61k", "today", "investment"),
    ("departures", "month: {low: 0, likely: 5", "month: {low: 0, likely: 6.5", "today", "investment"),
    ("departures", "breach: {low: 20%", "breach: {low: 49%", "today", "regulatory"),
    ("departures", "outage: {low: 5%", "outage: {low: 14%", "fresh", "data_loss"),
    ("departures", "regulatory: 25%", "regulatory: 95%", "today", "reputation"),
    ("interrupted", "service_hours: {low: 500", "service_hours: {low: 400", "manila", "service_credits"),
    ("interrupted", "force_majeure: {low: 0%", "force_majeure: {low: 10%", "manila", "service_credits"),
    ("measures", '"*.cost_per_*": {low: 0.7', '"*.cost_per_*": {low: 0.701', "away", "outage"),
    ("measures", "lag: {low: 0, likely: 4", "lag: {low: 0, likely: 9", "away", "hiring_and_release"),
    ("measures", '"*.outage.*": 0.8', '"*.outage.*": 0.5', "away", "outage"),
]


@pytest.mark.parametrize(("name", "old", "new", "alternative", "category"), ALTERED)
def test_a_changed_term_is_noticed(name: str, old: str, new: str, alternative: str, category: str) -> None:
    """Protects the comparison itself: a term that is a little off in the engine makes its category differ."""
    assert WRITTEN[name].count(old) == 1
    altered = scenario_of(read_tree(WRITTEN[name].replace(old, new), f"{name}.yaml"))
    assert (alternative, category) in differences(altered, name)


def test_a_difference_is_located() -> None:
    """Protects the report of a difference: a dearer audit moves one category, the months and nothing else."""
    altered = CONTRACTS.replace("audits: 30k", "audits: 30_001")
    found = differences(scenario_of(read_tree(altered, "contracts.yaml")), "contracts")
    months = {("per-fte", f"flow of month {t}") for t in range(1, 38)}
    assert set(found) == {("per-fte", "governance"), *months}


def test_every_mechanism_is_used() -> None:
    """Protects the coverage: each field of world, legs and risks is somewhere above, and not at its default.

    A new field, price model or risk fails here until the twin and a scenario of this file know it.
    """
    used = {
        (type(part), field)
        for name in WRITTEN
        for part in parts(scenario_named(name))
        for field, info in type(part).model_fields.items()
        if getattr(part, field) != info.get_default(call_default_factory=True)
    }
    model = ("bposim.world.", "bposim.legs.", "bposim.events.", "bposim.risks", "bposim.benefits")
    known = {
        (part, field)
        for part in kinds_of(Part)
        if part.__module__.startswith(model) and not part.__abstractmethods__
        for field in part.model_fields
    }
    assert sorted(f"{part.__name__}.{field}" for part, field in known - used) == []


def test_every_category_is_booked() -> None:
    """Protects the coverage: each category of docs/model.md costs something in some trial above."""
    booked = {
        category
        for name in WRITTEN
        for _, ledgers in twin_of(name).values()
        for ledger in ledgers.values()
        for category, line in ledger.lines.items()
        if any(line)
    }
    assert booked == {
        "labour", "overhead", "overtime", "lost_work", "temporary_staff", "hiring_and_release", "turnover",
        "service_quality", "vendor_fees", "service_credits", "governance", "taxes", "change_requests",
        "transition", "severance", "stranded_overhead", "coordination", "data_breach", "outage",
        "termination",
        "continuity", "retransition", "mitigation", "benefits", "investment",
        "fraud", "ip_loss", "regulatory", "data_loss", "dispute", "strategic", "reputation",
        "customer_satisfaction",
    }  # fmt: skip


def parts(node: object) -> Iterator[Part]:
    """Yield every part of a scenario, distributions aside."""
    if isinstance(node, Distribution):
        return
    if isinstance(node, Part):
        yield node
        for field in type(node).model_fields:
            yield from parts(getattr(node, field))
    elif isinstance(node, dict):
        for value in node.values():
            yield from parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from parts(value)


def kinds_of(base: type[Part]) -> Iterator[type[Part]]:
    """Yield every kind of part that the model has."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds_of(kind)
