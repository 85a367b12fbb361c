"""Branch-free exp, log-ratio and Mills ratio, written so that LLVM turns a loop of them into SIMD.

The maths library's own versions are calls, and a call in the loop body keeps it scalar. These are
straight-line polynomials with selects, they need no SVML, and they work with AVX2 as well as with
AVX-512 (no 64-bit integer conversions). ``tools/fit_kernels.py`` makes the coefficients.
"""

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# Contraction to fused multiply-add only: reassociation would undo the error-free differences below.
FAST = {"contract", "nsz"}

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
LOG2_E = 1.4426950408889634
ROUNDER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
EXP_FLOOR = -708.0
INV_SQRT_2PI = 0.3989422804014327
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
EXPONENT_BIAS = 1023
MILLS_LOW = -0.5  # the rational fit holds from here up
MILLS_HIGH = 45.0  # beyond it the density underflows anyway


@intrinsic
def float_bits(_context: Any, value: Any) -> Any:
    """The IEEE-754 bits of a double, as a signed 64-bit integer."""

    def generate(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def bits_float(_context: Any, value: Any) -> Any:
    """The double that has these bits."""

    def generate(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def exp_bounded(x):
    """exp(x) to 1 ulp for −708 ≤ x ≤ 708, 0 below, NaN for NaN; above 708 it is not defined."""
    y = EXP_FLOOR if x < EXP_FLOOR else x
    shifted = y * LOG2_E + ROUNDER
    k = shifted - ROUNDER
    r = (y - k * LN2_HIGH) - k * LN2_LOW
    p = 2.5100375832561234e-08
    p = p * r + 2.7620075879983367e-07
    p = p * r + 2.7557268480310024e-06
    p = p * r + 2.4801521322368692e-05
    p = p * r + 1.9841269863040545e-04
    p = p * r + 1.3888888917196719e-03
    p = p * r + 8.333333333330065e-03
    p = p * r + 4.1666666666624164e-02
    p = p * r + 1.6666666666666669e-01
    p = p * r + 0.5
    p = (p * r) * r + r
    scale = bits_float((float_bits(shifted) << 52) + (EXPONENT_BIAS << 52))
    value = p * scale + scale
    return 0.0 if x < EXP_FLOOR else value


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def log_ratio(a, b):
    """ln(a/b) for positive a and b, to 2 ulp of the result even where a/b is next to 1.

    b is scaled by the power of two that brings a/b into [√½, √2]; there a − b·2^e is exact
    (Sterbenz), so nothing is lost before the atanh series in (a − b·2^e)/(a + b·2^e).
    """
    q = a / b
    high = float_bits(q) - SQRT_HALF_BITS + (EXPONENT_BIAS << 52)
    biased = (high >> 52) & 0x7FF
    # biased < 2**52, so OR-ing it into the mantissa of 2**52 converts it without a slow instruction
    exponent = bits_float(biased | 0x4330000000000000) - (4503599627370496.0 + EXPONENT_BIAS)
    c = b * bits_float(biased << 52)
    s = (a - c) / (a + c)
    z = s * s
    p = 0.07309231041921244
    p = p * z + 0.07665779335159484
    p = p * z + 0.09091447015271728
    p = p * z + 0.11111105533709695
    p = p * z + 0.14285714313194264
    p = p * z + 0.19999999999949297
    p = p * z + 0.3333333333333335
    twice = s + s
    return exponent * LN2_HIGH + (twice + (twice * (z * p) + exponent * LN2_LOW))


@njit(fastmath=FAST, error_model="numpy", forceinline=True, cache=True)
def mills_pair(a, b):
    """Mills ratio at a and b, and minus its divided difference, free of cancellation.

    The Mills ratio is Y(u) = (1 − N(u))/φ(u). On [−½, 45] it equals P(u)/Q(u) to 1e-17, and since
    divided differences of polynomials cost one Horner step more each, (Y(a) − Y(b))/(b − a) comes out
    to full precision however close a and b are: that is the price of an option with little vol.

    Args:
        a, b: Points in [−½, 45].

    Returns:
        Y(a), Y(b), (Y(a) − Y(b))/(b − a).
    """
    p = 1.0000000000005829
    dp = p
    p = p * a + 32.84154504279234
    dp = dp * b + p
    p = p * a + 523.7300374752216
    dp = dp * b + p
    p = p * a + 5296.3255152997635
    dp = dp * b + p
    p = p * a + 37426.285024677374
    dp = dp * b + p
    p = p * a + 192613.43449225315
    dp = dp * b + p
    p = p * a + 730886.3378763589
    dp = dp * b + p
    p = p * a + 2023338.6412774292
    dp = dp * b + p
    p = p * a + 3931414.17658608
    dp = dp * b + p
    p = p * a + 4891360.216211977
    dp = dp * b + p
    p = p * a + 3021445.8026750293
    q = 1.0
    dq = q
    q = q * a + 32.841545042930456
    dq = dq * b + q
    q = q * a + 524.73003746048
    dq = dq * b + q
    q = q * a + 5329.167061288232
    dq = dq * b + q
    q = q * a + 37948.01502106569
    dq = dq * b + q
    q = q * a + 197844.07821092271
    dq = dq * b + q
    q = q * a + 767275.1319807944
    dq = dq * b + q
    q = q * a + 2205688.41543137
    dq = dq * b + q
    q = q * a + 4592602.654815563
    dq = dq * b + q
    q = q * a + 6580109.460724451
    dq = dq * b + q
    q = q * a + 5826252.936960863
    dq = dq * b + q
    q = q * a + 2410764.957257027
    gap = b - a
    pb = p + gap * dp
    qb = q + gap * dq
    inverse = 1.0 / (q * qb)
    return p * qb * inverse, pb * q * inverse, (p * dq - q * dp) * inverse
