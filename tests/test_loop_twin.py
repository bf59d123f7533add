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

from bposim.engine import BLOCK, base_case, simulate_block
from bposim.files import load, scenario_of
from bposim.inputs.distribution import Distribution
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.part import Part
from bposim.world.world import simulate_world
from bposim.yaml_tree import read_tree
from loop_twin import Ledger, Recorded, simulate_trial, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
  - [world.wages.PH.inflation, per-unit.price, 0.5]
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

HERE = Path(__file__).parent
WRITTEN = {
    "staffing": STAFFING,
    "captive": CAPTIVE,
    "contracts": CONTRACTS,
    "second generation": SECOND_GENERATION,
    "markets": MARKETS,
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
def twin_of(name: str) -> dict[int, tuple[float, dict[str, Ledger]]]:
    """Return by trial the discount rate and the twin's ledger of each alternative."""
    scenario = scenario_named(name)
    draws = StreamDraws(SEED, 1, BLOCK)
    values = scenario.uncertain.values(draws, scenario.dependence)
    found = {}
    for trial in TRIALS:
        bound = scenario.uncertain.bind(scenario, [float(value[trial]) for value in values])
        found[trial] = bound.discount_rate, simulate_trial(bound, draws, trial)
    return found


def differences(scenario: Scenario, name: str) -> Differences:
    """Return where a scenario's block in the engine differs from the twin's trials of the named one."""
    block = simulate_block(scenario, StreamDraws(SEED, 1, BLOCK))
    found: Differences = {}
    for trial, (rate, ledgers) in twin_of(name).items():
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
    ("staffing", "per_year: 1M INR", "per_year: 1_000_001 INR", "peak", "alternative"),
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
    model = ("bposim.world.", "bposim.legs.", "bposim.events.", "bposim.risks")
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
        "transition", "severance", "stranded_overhead", "alternative", "data_breach", "outage",
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
