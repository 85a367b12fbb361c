"""Everything a comparison of structured products rests on, in words."""

from collections.abc import Iterator
from dataclasses import fields

from shortgamma.report.amounts import number, percent, price, usd
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.products_words import EQUALS, label
from shortgamma.studies.products.answer import ProductsAnswer
from shortgamma.studies.products.question import ProductsQuestion, terms_of


def product_grounds(answer: ProductsAnswer) -> Iterator[Ground]:
    """The market, the methods, then the terms of each product."""
    asked = answer.question
    texts = {
        "spot": price(asked.spot),
        "strike": price(asked.at),
        "vol": percent(asked.vol),
        "days": number(asked.days),
        "equal": EQUALS[asked.equal],
        "theta": number(asked.theta),
        "depth_usd_per_pct": f"{usd(asked.depth_usd_per_pct)} per 1 %",
        "step_minutes": f"{number(asked.step_minutes)} minutes",
    }
    for each in fields(ProductsQuestion):
        if each.name in texts:
            value = getattr(asked, each.name)
            yield Ground(
                name=each.name.replace("_", " "),
                value=texts[each.name],
                reason=f"Key: {each.name}.",
                origin=Origin.ASSUMED if value == each.default else Origin.GIVEN,
            )
    yield from METHODS
    for found in answer.results:
        terms = terms_of(found.product).items()
        yield Ground(
            name=label(found),
            value=", ".join(f"{key.replace('_', ' ')} {number(value, 6)}" for key, value in terms),
            reason="Terms of one unit.",
            origin=Origin.GIVEN,
        )


METHODS = (
    Ground(
        name="Peak gamma",
        value="largest |Γ|·S²/100",
        reason="Over prices from half to double the strike; the average so far at the strike, no barrier "
        "touched, the last fixing at the spot.",
        origin=Origin.GIVEN,
    ),
    Ground(
        name="Price process",
        value="geometric Brownian motion",
        reason="At the vol at which everything is priced, without drift and without interest.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Settlement",
        value="in cash",
        reason="By the price at the end of the last step of the life; the hedge is undone in the step after.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Barriers and fixings",
        value="seen at the steps",
        reason="Closed forms inside a barrier hold for continuous observation, so touching is a little less "
        "likely than they say.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Hedging loses",
        value="fair premium less result",
        reason="Own impact, spread and fees; without impact and costs it is zero but for discrete hedging.",
        origin=Origin.GIVEN,
    ),
)
"""How products are compared."""
