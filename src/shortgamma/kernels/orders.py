"""How one step's orders are packed for the clearing kernels.

Compiled loops take few arrays, so the rows and columns of each have a meaning of their own here. n is the
number of paths of a block; log prices are relative to the initial spot; coins are units of the underlying.
"""

import math

# Rows of ``paths``, shape (PATH_ROWS, n).
PRE = 0  # log price after the exogenous shock, before any order
POST = 1  # log price after clearing
LAST = 2  # log price at the end of the step before
IMPACT = 3  # log move per coin bought; ∞ = no depth, nothing trades
FLOW = 4  # coins bought whatever the price
SLOPE = 5  # coins bought more per unit of log price
PASS = 6  # share of a trade in the perp that reaches spot within the step
LEVEL = 7  # position among the vol levels
MARK = 8  # log of the mark price over spot
STATUS = 9  # TRADING, RUNAWAY, HALTED or COLLAPSED
LEAN = 10  # Λ·(slope of the demand) where the last step ended
CURL = 11  # Λ·(half its second derivative) there
PATH_ROWS = 12

# Rows of ``hedges``, shape (HEDGE_ROWS, hedges, n).
HELD = 0  # coins in the hedge
BAND = 1  # coins: trades only where |target − held| exceeds it
EDGE = 2  # coins: what is left of the gap after the trade
MOST = 3  # coins: largest trade
FILL = 4  # coins bought; on the way ASLEEP where the band is not left
TANGENT = 5  # coins bought more per unit of log price
TRADES = 6  # trades made so far
GAS_PAID = 7  # USD of gas paid so far
GAS_DUE = 8  # USD that a transaction costs in this step
PARTS = 9  # parts of the result, USD: see :mod:`attribution`
PAST = PARTS + 6  # what the last step left
HEDGE_ROWS = PAST + 6

# Columns of ``terms``, shape (hedges, TERM_COLUMNS).
ALWAYS = 0  # 1 where band, edge and limit do not matter: it trades to its target in every step
ON_PERP = 1  # 1 where it trades the perp, 0 for spot
STEEPEST = 2  # largest derivative of its target by the log price
TABLE = 3  # which table its targets are in; hedges that share one follow one another
FACTOR = 4  # by which that table is multiplied
TERM_COLUMNS = 5

# Rows of ``rungs``, shape (RUNG_ROWS, ladders, n).
REACHED = 0  # rungs closed so far
LIMIT = 1  # rungs that may be closed
SHIFT = 2  # log distance by which the ladder has moved
SCALE = 3  # coins per unit of size
TAKEN = 4  # coins bought in the market by closing rungs in this step
STRUCK = 5  # coins handed to the backstop in this step
BOOKED = 6  # rungs whose closing has been booked
NEXT = 7  # key of the next rung; −∞ where there is none
RUNG_ROWS = 8

# Columns of ``ladders``, shape (ladders, LADDER_COLUMNS).
FIRST = 0  # where its rungs begin in ``keys``
COUNT = 1  # how many it has
SIDE = 2  # +1 for longs, closed by a falling price; −1 for shorts
BACKSTOP = 3  # log distance beyond a rung at which the backstop takes it; ∞ = none
LADDER_COLUMNS = 4

# Elements of ``grid``, shape (3,).
LOWEST = 0  # log price of the first node
INVERSE_STEP = 1  # nodes per unit of log price
LARGEST = 2  # largest log move of one step; beyond it trading halts

TRADING, RUNAWAY, HALTED, COLLAPSED = 0.0, 1.0, 2.0, 3.0
ASLEEP = math.inf
UNIQUE = 0.98  # Λ·(steepest slope) below which there is one solution at most
