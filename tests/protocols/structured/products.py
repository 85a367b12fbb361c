"""Products with odd terms, for every test that holds for all of them."""

from shortgamma.protocols.structured.averaging import TwapCall
from shortgamma.protocols.structured.barrier import Autocall, DownAndOut, UpAndOut
from shortgamma.protocols.structured.cppi import Cppi
from shortgamma.protocols.structured.european import CallSpread, Digital, Gap, Range, Vanilla
from shortgamma.protocols.structured.perpetuals import Everlasting, PowerPerpetual
from shortgamma.protocols.structured.variance import VarianceSwap

K = 2_000.0
DAY = 1.0 / 365.0

EXPIRING = (
    Vanilla(strike=K),
    CallSpread(strike=K, cap=2_300.0),
    Digital(level=K, pays=150.0),
    Range(low=1_800.0, high=2_250.0, pays=150.0),
    Gap(strike=K, trigger=2_100.0),
    Gap(strike=K, trigger=1_900.0),
    UpAndOut(strike=K, barrier=2_500.0),
    DownAndOut(strike=K, barrier=1_700.0),
    DownAndOut(strike=1_900.0, barrier=2_000.0),
    Autocall(entry=K, call_level=2_150.0, protection=1_700.0, coupon=0.03, notional=K),
    TwapCall(strike=K, hours=24.0),
    TwapCall(strike=K, hours=240.0),
    VarianceSwap(notional=K),
    VarianceSwap(notional=K, fixing_hours=7.0),
    Cppi(entry=K, floor=0.8, multiplier=4.0, days=30.0),
)
PERPETUAL = (
    Everlasting(strike=K, funding_days=7.0),
    Everlasting(strike=K, funding_days=1.0),
    PowerPerpetual(strike=K, power=2.0, funding_hours=24.0),
    PowerPerpetual(strike=K, power=3.0, funding_hours=8.0),
    PowerPerpetual(strike=K, power=0.5, funding_hours=24.0),
)
ALL = EXPIRING + PERPETUAL


def named(product):
    """Of a test's case."""
    return repr(product)
