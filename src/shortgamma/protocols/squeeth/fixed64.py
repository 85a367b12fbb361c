"""Signed numbers with 64 binary places, as the funding of Squeeth is calculated.

Source: abdk-libraries-solidity 2.4, ABDKMath64x64.sol, of which opynfinance/squeeth-monorepo carries
a copy in packages/hardhat/contracts/libs. The factors of :func:`exp_2` are that library's constants
2^(2^−k)·2¹²⁸, the last digits of which are not always the nearest ones.
"""

from typing import Final

from shortgamma.basics.errors import RefusedError

ONE_64: Final = 1 << 64
"""One, with 64 binary places."""

_MOST: Final = (1 << 127) - 1
_LIMIT: Final = 64 << 64

_FACTORS: Final = (
    0x16A09E667F3BCC908B2FB1366EA957D3E,
    0x1306FE0A31B7152DE8D5A46305C85EDEC,
    0x1172B83C7D517ADCDF7C8C50EB14A791F,
    0x10B5586CF9890F6298B92B71842A98363,
    0x1059B0D31585743AE7C548EB68CA417FD,
    0x102C9A3E778060EE6F7CACA4F7A29BDE8,
    0x10163DA9FB33356D84A66AE336DCDFA3F,
    0x100B1AFA5ABCBED6129AB13EC11DC9543,
    0x10058C86DA1C09EA1FF19D294CF2F679B,
    0x1002C605E2E8CEC506D21BFC89A23A00F,
    0x100162F3904051FA128BCA9C55C31E5DF,
    0x1000B175EFFDC76BA38E31671CA939725,
    0x100058BA01FB9F96D6CACD4B180917C3D,
    0x10002C5CC37DA9491D0985C348C68E7B3,
    0x1000162E525EE054754457D5995292026,
    0x10000B17255775C040618BF4A4ADE83FC,
    0x1000058B91B5BC9AE2EED81E9B7D4CFAB,
    0x100002C5C89D5EC6CA4D7C8ACC017B7C9,
    0x10000162E43F4F831060E02D839A9D16D,
    0x100000B1721BCFC99D9F890EA06911763,
    0x10000058B90CF1E6D97F9CA14DBCC1628,
    0x1000002C5C863B73F016468F6BAC5CA2B,
    0x100000162E430E5A18F6119E3C02282A5,
    0x1000000B1721835514B86E6D96EFD1BFE,
    0x100000058B90C0B48C6BE5DF846C5B2EF,
    0x10000002C5C8601CC6B9E94213C72737A,
    0x1000000162E42FFF037DF38AA2B219F06,
    0x10000000B17217FBA9C739AA5819F44F9,
    0x1000000058B90BFCDEE5ACD3C1CEDC823,
    0x100000002C5C85FE31F35A6A30DA1BE50,
    0x10000000162E42FF0999CE3541B9FFFCF,
    0x100000000B17217F80F4EF5AADDA45554,
    0x10000000058B90BFBF8479BD5A81B51AD,
    0x1000000002C5C85FDF84BD62AE30A74CC,
    0x100000000162E42FEFB2FED257559BDAA,
    0x1000000000B17217F7D5A7716BBA4A9AE,
    0x100000000058B90BFBE9DDBAC5E109CCE,
    0x10000000002C5C85FDF4B15DE6F17EB0D,
    0x1000000000162E42FEFA494F1478FDE05,
    0x10000000000B17217F7D20CF927C8E94C,
    0x1000000000058B90BFBE8F71CB4E4B33D,
    0x100000000002C5C85FDF477B662B26945,
    0x10000000000162E42FEFA3AE53369388C,
    0x100000000000B17217F7D1D351A389D40,
    0x10000000000058B90BFBE8E8B2D3D4EDE,
    0x1000000000002C5C85FDF4741BEA6E77E,
    0x100000000000162E42FEFA39FE95583C2,
    0x1000000000000B17217F7D1CFB72B45E1,
    0x100000000000058B90BFBE8E7CC35C3F0,
    0x10000000000002C5C85FDF473E242EA38,
    0x1000000000000162E42FEFA39F02B772C,
    0x10000000000000B17217F7D1CF7D83C1A,
    0x1000000000000058B90BFBE8E7BDCBE2E,
    0x100000000000002C5C85FDF473DEA871F,
    0x10000000000000162E42FEFA39EF44D91,
    0x100000000000000B17217F7D1CF79E949,
    0x10000000000000058B90BFBE8E7BCE544,
    0x1000000000000002C5C85FDF473DE6ECA,
    0x100000000000000162E42FEFA39EF366F,
    0x1000000000000000B17217F7D1CF79AFA,
    0x100000000000000058B90BFBE8E7BCD6D,
    0x10000000000000002C5C85FDF473DE6B2,
    0x1000000000000000162E42FEFA39EF358,
    0x10000000000000000B17217F7D1CF79AB,
)


def quotient_64(first: int, second: int) -> int:
    """Quotient of two integers that are not negative, cut.

    Raises:
        RefusedError: Division by 0, or a quotient of 2⁶³ or more.
    """
    if second == 0:
        raise RefusedError("DIVU-INF")
    found = (first << 64) // second
    if found > _MOST:
        raise RefusedError("DIVU-OF")
    return found


def product_64(first: int, second: int) -> int:
    """Product, rounded down."""
    return first * second >> 64


def scaled(factor: int, value: int) -> int:
    """An integer times a number with 64 binary places that is not negative, cut."""
    if factor < 0:
        raise RefusedError("MULU-X0")
    return factor * value >> 64


def log_2(number: int) -> int:
    """Binary logarithm, bit by bit.

    Raises:
        RefusedError: The number is not positive.
    """
    if number <= 0:
        raise RefusedError("LOG_2-X0")
    highest = number.bit_length() - 1
    found = (highest - 64) << 64
    rest = number << (127 - highest)
    for place in range(63, -1, -1):
        rest *= rest
        bit = rest >> 255
        rest >>= 127 + bit
        found += bit << place
    return found


def exp_2(power: int) -> int:
    """2^power.

    Raises:
        RefusedError: The power is 64 or more.
    """
    if power >= _LIMIT:
        raise RefusedError("EXP_2-OF")
    if power < -_LIMIT:
        return 0
    found = 1 << 127
    fraction = power & (ONE_64 - 1)
    for place, factor in enumerate(_FACTORS):
        if fraction >> (63 - place) & 1:
            found = found * factor >> 128
    return found >> (63 - (power >> 64))
