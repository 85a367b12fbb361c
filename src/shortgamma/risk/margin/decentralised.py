"""Regimes of protocols, and full collateral."""

from typing import Final

from shortgamma.risk.margin.collateral import FullMargin, NakedVaultMargin, ShockedVolMargin
from shortgamma.risk.margin.derive import (
    BasisTerms,
    PortfolioMargin,
    PortfolioMargin2,
    ShockedDiscount,
    SkewTerms,
    v1_scenarios,
)
from shortgamma.risk.margin.isolated import ShortTerms
from shortgamma.risk.margin.listed import FAR
from shortgamma.risk.margin.regime import Regime, Unit
from shortgamma.risk.margin.scan import tails
from shortgamma.risk.margin.shocks import DOWN, SAME, UP, Scenario, VolShock
from shortgamma.risk.margin.standard import DeriveStandardMargin

REGULAR_STEP: Final = 0.045
TAIL: Final = 0.036
TEST_FAR: Final = FAR[:6]
OPYN_BOUNDS: Final = ((7.0, 0.1678), (14.0, 0.237), (28.0, 0.3326), (42.0, 0.4032), (56.0, 0.4603))
REGULAR: Final[tuple[Scenario, ...]] = (
    (4 * REGULAR_STEP, UP, 1.0),
    *((place * REGULAR_STEP, way, 1.0) for place in range(3, -4, -1) for way in (UP, SAME, DOWN)),
    (-4 * REGULAR_STEP, UP, 1.0),
)
TEST_TERMS: Final = ShortTerms(put_ratio=1.05)
PMRM2_VOL: Final = VolShock(up=0.5, down=0.275, least_up=0.45)
PMRM2_BASIS: Final = BasisTerms(move=0.045, add=0.5, mult=2.0)

REGIMES: Final = (
    Regime(
        name="derive-srm",
        venue="Derive",
        jurisdiction="on chain",
        client_class="standard manager",
        effective=None,
        source="derivexyz/v2-core, scripts/config-mainnet.sol (getSRMParams, ETH)",
        verified=False,
        unit=Unit.USD,
        rule=DeriveStandardMargin(
            short=ShortTerms(
                most=0.15,
                least=0.13,
                maintenance_call=0.09,
                maintenance_put=0.09,
                maintenance_put_value=0.09,
                put_ratio=1.05,
            ),
        ),
        doubts="the rule reproduces the contract's tests with their parameters (set test); these are "
        "those of the deployment script, later changes are not followed; USDC counts as one USD "
        "and price feeds as certain",
    ),
    Regime(
        name="derive-srm",
        venue="Derive",
        jurisdiction="on chain",
        client_class="standard manager",
        effective=None,
        source="derivexyz/v2-core, test/risk-managers/unit-tests/StandardManager/"
        "TestStandardManager_Option.t.sol",
        verified=True,
        unit=Unit.USD,
        rule=DeriveStandardMargin(
            short=TEST_TERMS,
            unpaired_initial=1.4,
            unpaired_maintenance=1.2,
            contract_maintenance=0.05,
        ),
        parameters="test",
    ),
    Regime(
        name="derive-srm",
        venue="Derive",
        jurisdiction="on chain",
        client_class="standard manager",
        effective=None,
        source="derivexyz/v2-core, test/config-test.sol and test-cases-portfolio.json",
        verified=True,
        unit=Unit.USD,
        rule=DeriveStandardMargin(
            short=TEST_TERMS,
            contract_initial=0.065,
            contract_maintenance=0.05,
            spot_initial_scale=1.0,
        ),
        parameters="test-portfolio",
    ),
    Regime(
        name="derive-pmrm",
        venue="Derive",
        jurisdiction="on chain",
        client_class="portfolio manager, first version",
        effective=None,
        source="derivexyz/v2-core, scripts/config-mainnet.sol (getPMRMParams, getDefaultScenarios)",
        verified=False,
        unit=Unit.USD,
        rule=PortfolioMargin(
            scenarios=v1_scenarios(20),
            vol=VolShock(up=0.6, down=0.3),
            basis=BasisTerms(),
        ),
        doubts="the rule reproduces the contract's tests with their parameters (set test); these are "
        "those of the deployment script; USDC counts as one USD and price feeds as certain",
    ),
    Regime(
        name="derive-pmrm",
        venue="Derive",
        jurisdiction="on chain",
        client_class="portfolio manager, first version",
        effective=None,
        source="derivexyz/v2-core, test/risk-managers/unit-tests/PMRM/testAndVerifyScenarios.json and "
        "utils/PMRMTestBase.sol",
        verified=True,
        unit=Unit.USD,
        rule=PortfolioMargin(
            scenarios=v1_scenarios(15),
            vol=VolShock(up=0.45, down=0.3),
            basis=BasisTerms(add=0.25, mult=0.01),
            initial_factor=1.3,
            rate_mult=4.0,
            rate_add=0.05,
            spot_part=0.02,
            perpetual_part=0.02,
            option_part=0.01,
        ),
        parameters="test",
    ),
    Regime(
        name="derive-pmrm2",
        venue="Derive",
        jurisdiction="on chain",
        client_class="portfolio manager, second version",
        effective=None,
        source="derivexyz/v2-core, test/risk-managers/unit-tests/PMRM_2/portfolio_cases (parameters), tails "
        "to +500 % at 0.036/|move|",
        verified=False,
        unit=Unit.USD,
        rule=PortfolioMargin2(
            scenarios=(*REGULAR, *tails(FAR, TAIL)),
            vol=PMRM2_VOL,
            basis=PMRM2_BASIS,
            skew=SkewTerms(),
            discount=ShockedDiscount(),
        ),
        doubts="the rule reproduces the contract's tests (set test), which have six tails and not eight; "
        "docs.derive.xyz has listed tails at about 0.138/|move|, which ask for more of far shorts; USDC "
        "counts as one USD and price feeds as certain",
    ),
    Regime(
        name="derive-pmrm2",
        venue="Derive",
        jurisdiction="on chain",
        client_class="portfolio manager, second version",
        effective=None,
        source="derivexyz/v2-core, test/risk-managers/unit-tests/PMRM_2/portfolio_cases",
        verified=True,
        unit=Unit.USD,
        rule=PortfolioMargin2(
            scenarios=(*REGULAR, *tails(TEST_FAR, TAIL)),
            vol=PMRM2_VOL,
            basis=PMRM2_BASIS,
            skew=SkewTerms(),
            discount=ShockedDiscount(),
        ),
        parameters="test",
    ),
    Regime(
        name="opyn-naked",
        venue="Opyn",
        jurisdiction="on chain",
        client_class="naked margin vaults",
        effective=None,
        source="opynfinance/GammaProtocol, test/unit-tests/marginCalculatorNakedMargin.test.ts",
        verified=True,
        unit=Unit.USD,
        rule=NakedVaultMargin(bounds=OPYN_BOUNDS),
        parameters="test",
        doubts="the parameters are those of the contract's tests, governance set others; the smallest "
        "collateral of a vault is left out",
    ),
    Regime(
        name="lyra",
        venue="Lyra (Newport)",
        jurisdiction="on chain",
        client_class="sellers of options to the pool",
        effective=None,
        source="derivexyz/v1-core, contracts/OptionGreekCache.sol (getMinCollateral), test parameters",
        verified=False,
        unit=Unit.USD,
        rule=ShockedVolMargin(),
        parameters="test",
        doubts="the parameters are those of the contract's tests; calls are covered in coins, puts in USD; "
        "the rate is 0",
    ),
    Regime(
        name="full-collateral",
        venue="any",
        jurisdiction="any",
        client_class="any",
        effective=None,
        source="a coin behind a call, the strike behind a put, the notional of futures; opynfinance/"
        "GammaProtocol, test/unit-tests/marginCalculator.test.ts",
        verified=True,
        unit=Unit.USD,
        rule=FullMargin(),
    ),
)
"""Defaults first."""
