/* The kernels in C, for comparison with the Numba ones in src/shortgamma/kernels.
 *
 * plain_*  the textbook formulas with the maths library's log, exp and erfc;
 *          built with exactly -O3 -march=native.
 * tuned_*  the same mathematics as our kernels (Mills ratio, polynomials, selects instead of branches,
 *          blocks that stay in the first-level cache), so that gcc vectorises every loop;
 *          built with -O3 -march=native -fno-math-errno -fno-trapping-math.
 *
 * Arrays do not overlap. Units and order of the Greeks: shortgamma.kernels.black.Greek. `out` of the
 * Greeks is (12, n), of the profile (3, m) and zeroed, both row by row.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define INV_SQRT_2PI 0.3989422804014327
#define INPUTS                                                                                       \
    int64_t n, const double *restrict forward, const double *restrict strike,                        \
        const double *restrict years, const double *restrict vol
#define OPTIONS INPUTS, const double *restrict rate, const double *restrict sign, double *restrict out
#define BOOK INPUTS, const double *restrict weight, int64_t m, const double *restrict moves,          \
        double *restrict out

static double normal_tail(double x) { return 0.5 * erfc(x * 0.7071067811865476); }

void plain_price(OPTIONS)
{
    for (int64_t i = 0; i < n; i++) {
        double f = forward[i], k = strike[i], s = sign[i];
        double w = vol[i] * sqrt(years[i]);
        double d1 = log(f / k) / w + 0.5 * w, d2 = d1 - w;
        out[i] = exp(-rate[i] * years[i]) * s * (f * normal_tail(-s * d1) - k * normal_tail(-s * d2));
    }
}

void plain_greeks(OPTIONS)
{
    for (int64_t i = 0; i < n; i++) {
        double f = forward[i], k = strike[i], t = years[i], v = vol[i], r = rate[i], s = sign[i];
        double root = sqrt(t), w = v * root, discount = exp(-r * t);
        double d1 = log(f / k) / w + 0.5 * w, d2 = d1 - w;
        double delta = discount * s * normal_tail(-s * d1);
        double second = discount * s * normal_tail(-s * d2);
        double price = f * delta - k * second;
        double density = discount * INV_SQRT_2PI * exp(-0.5 * d1 * d1);
        double gamma = density / (f * w), vega = f * density * root;
        out[i] = price;
        out[n + i] = delta;
        out[2 * n + i] = gamma;
        out[3 * n + i] = vega;
        out[4 * n + i] = r * price - vega * v / (2.0 * t);
        out[5 * n + i] = -density * d2 / v;
        out[6 * n + i] = vega * d1 * d2 / v;
        out[7 * n + i] = density * d2 / (2.0 * t) + r * delta;
        out[8 * n + i] = -gamma / f * (1.0 + d1 / w);
        out[9 * n + i] = gamma * (d1 * d2 - 1.0) / v;
        out[10 * n + i] = gamma * (r + (1.0 - d1 * d2) / (2.0 * t));
        out[11 * n + i] = k / f * second;
    }
}

void plain_profile(BOOK)
{
    for (int64_t i = 0; i < n; i++) {
        double w = vol[i] * sqrt(years[i]), base = log(forward[i] / strike[i]) / w + 0.5 * w;
        double scale = weight[i] * forward[i] * INV_SQRT_2PI;
        double gamma = scale / w * 0.01, vanna = -scale / vol[i] * 0.01;
        double charm = scale / (2.0 * years[i] * 365.0);
        for (int64_t j = 0; j < m; j++) {
            double d1 = base + moves[j] / w, phi = exp(-0.5 * d1 * d1), cross = phi * (d1 - w);
            out[j] += gamma * phi;
            out[m + j] += vanna * cross;
            out[2 * m + j] += charm * cross;
        }
    }
}

#define BLOCK 128
#define STRIDE 16
#define REACH 14.0
#define INLINE static inline __attribute__((always_inline))

INLINE double from_bits(int64_t bits) { double d; memcpy(&d, &bits, 8); return d; }
INLINE int64_t to_bits(double d) { int64_t bits; memcpy(&bits, &d, 8); return bits; }

INLINE double exp_bounded(double x)
{
    double y = x > -708.0 ? x : -708.0;
    double shifted = y * 1.4426950408889634 + 6755399441055744.0, k = shifted - 6755399441055744.0;
    double r = (y - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double p = 2.5100375832561234e-08;
    p = p * r + 2.7620075879983367e-07;
    p = p * r + 2.7557268480310024e-06;
    p = p * r + 2.4801521322368692e-05;
    p = p * r + 1.9841269863040545e-04;
    p = p * r + 1.3888888917196719e-03;
    p = p * r + 8.333333333330065e-03;
    p = p * r + 4.1666666666624164e-02;
    p = p * r + 1.6666666666666669e-01;
    p = p * r + 0.5;
    p = (p * r) * r + r;
    double scale = from_bits((int64_t)((uint64_t)to_bits(shifted) << 52) + ((int64_t)1023 << 52));
    return x >= -708.0 ? p * scale + scale : 0.0;
}

INLINE double log_ratio(double a, double b)
{
    int64_t high = to_bits(a / b) - 0x3FE6A09E667F3BCDLL + ((int64_t)1023 << 52);
    int64_t biased = (high >> 52) & 0x7FF;
    double exponent = from_bits(biased | 0x4330000000000000LL) - (4503599627370496.0 + 1023.0);
    double c = b * from_bits(biased << 52), s = (a - c) / (a + c), z = s * s, twice = s + s;
    double p = 0.07309231041921244;
    p = p * z + 0.07665779335159484;
    p = p * z + 0.09091447015271728;
    p = p * z + 0.11111105533709695;
    p = p * z + 0.14285714313194264;
    p = p * z + 0.19999999999949297;
    p = p * z + 0.3333333333333335;
    return exponent * 6.93147180369123816490e-01
           + (twice + (twice * (z * p) + exponent * 1.90821492927058770002e-10));
}

static const double P[11] = {
    1.0000000000005829, 32.84154504279234, 523.7300374752216, 5296.3255152997635, 37426.285024677374,
    192613.43449225315, 730886.3378763589, 2023338.6412774292, 3931414.17658608, 4891360.216211977,
    3021445.8026750293};
static const double Q[12] = {
    1.0, 32.841545042930456, 524.73003746048, 5329.167061288232, 37948.01502106569,
    197844.07821092271, 767275.1319807944, 2205688.41543137, 4592602.654815563, 6580109.460724451,
    5826252.936960863, 2410764.957257027};

typedef struct { double density, otm, near, far; } Terms;

INLINE Terms otm_terms(double forward, double strike, double x, double w, double iw)
{
    double low = forward < strike ? forward : strike, high = forward > strike ? forward : strike;
    double h = fabs(x) * iw, t = 0.5 * w, a = h - t, b = h + t;
    int deep = a < -0.5;
    double u = deep ? -a : a;
    u = u < 45.0 ? u : 45.0;
    b = b < 45.0 ? b : 45.0;
    double p = P[0], dp = p, q = Q[0], dq = q;
#pragma GCC unroll 16
    for (int i = 1; i < 10; i++) { p = p * u + P[i]; dp = dp * b + p; }
    p = p * u + P[10];
#pragma GCC unroll 16
    for (int i = 1; i < 11; i++) { q = q * u + Q[i]; dq = dq * b + q; }
    q = q * u + Q[11];
    double gap = b - u, pb = p + gap * dp, qb = q + gap * dq, inverse = 1.0 / (q * qb);
    double ya = p * qb * inverse, yb = pb * q * inverse, slope = (p * dq - q * dp) * inverse;
    double phi = INV_SQRT_2PI * exp_bounded(-0.5 * a * a), density = low * phi, tail = phi * ya;
    double difference = w > 0.5 ? ya - yb : w * slope;
    Terms terms = {density, deep ? low - density * (ya + yb) : density * difference,
                   deep ? 1.0 - tail : tail, density * yb / high};
    return terms;
}

/* ln(F/K), sqrt(T) and 1/w of one block */
INLINE void stage_moneyness(INPUTS, double (*restrict scratch)[BLOCK])
{
    for (int64_t j = 0; j < n; j++) {
        double root = sqrt(years[j]);
        scratch[0][j] = log_ratio(forward[j], strike[j]);
        scratch[1][j] = root;
        scratch[2][j] = 1.0 / (vol[j] * root);
    }
}

INLINE void stage_price(OPTIONS, double (*restrict scratch)[BLOCK])
{
    for (int64_t j = 0; j < n; j++) {
        double f = forward[j], k = strike[j], gain = sign[j] * (f - k);
        Terms terms = otm_terms(f, k, scratch[0][j], vol[j] * scratch[1][j], scratch[2][j]);
        out[j] = exp_bounded(-rate[j] * years[j]) * (terms.otm + (gain > 0.0 ? gain : 0.0));
    }
}

INLINE void stage_terms(INPUTS, double (*restrict scratch)[BLOCK])
{
    (void)years;
    for (int64_t j = 0; j < n; j++) {
        Terms terms = otm_terms(forward[j], strike[j], scratch[0][j], vol[j] * scratch[1][j], scratch[2][j]);
        scratch[3][j] = terms.density;
        scratch[4][j] = terms.otm;
        scratch[5][j] = terms.near;
        scratch[6][j] = terms.far;
    }
}

/* gcc vectorises twelve output rows only where each is a restrict parameter of its own. */
INLINE void stage_greeks(
    INPUTS, const double *restrict rate, const double *restrict sign, double (*restrict scratch)[BLOCK],
    double *restrict price, double *restrict delta, double *restrict gamma, double *restrict vega,
    double *restrict theta, double *restrict vanna, double *restrict volga, double *restrict charm,
    double *restrict speed, double *restrict zomma, double *restrict color, double *restrict delta_coin)
{
    for (int64_t j = 0; j < n; j++) {
        double f = forward[j], k = strike[j], r = rate[j], gain = sign[j] * (f - k);
        int call = sign[j] > 0.0, above = f > k;
        double root = scratch[1][j], iw = scratch[2][j], near = scratch[5][j], far = scratch[6][j];
        double discount = exp_bounded(-r * years[j]), density = discount * scratch[3][j];
        double w = vol[j] * root, d1 = scratch[0][j] * iw + 0.5 * w, d2 = d1 - w, d12 = d1 * d2;
        double lower1 = above ? 1.0 - far : near, upper1 = above ? far : 1.0 - near;
        double lower2 = above ? 1.0 - near : far, upper2 = above ? near : 1.0 - far;
        double inverse_f = 1.0 / f, inverse_vol = root * iw, half_rate = 0.5 / years[j];
        double p = discount * (scratch[4][j] + (gain > 0.0 ? gain : 0.0));
        double d = discount * (call ? lower1 : -upper1);
        double g = density * inverse_f * inverse_f * iw, v = density * root;
        double d2_density = density * inverse_f * d2;
        price[j] = p;
        delta[j] = d;
        gamma[j] = g;
        vega[j] = v;
        theta[j] = r * p - v * vol[j] * half_rate;
        vanna[j] = -d2_density * inverse_vol;
        volga[j] = v * d12 * inverse_vol;
        charm[j] = d2_density * half_rate + r * d;
        speed[j] = -g * inverse_f * (1.0 + d1 * iw);
        zomma[j] = g * (d12 - 1.0) * inverse_vol;
        color[j] = g * (r + (1.0 - d12) * half_rate);
        delta_coin[j] = discount * k * inverse_f * (call ? lower2 : -upper2);
    }
}

void tuned_price(OPTIONS)
{
    double scratch[3][BLOCK] __attribute__((aligned(64)));
    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t count = n - i < BLOCK ? n - i : BLOCK;
        stage_moneyness(count, forward + i, strike + i, years + i, vol + i, scratch);
        stage_price(count, forward + i, strike + i, years + i, vol + i, rate + i, sign + i, out + i, scratch);
    }
}

void tuned_greeks(OPTIONS)
{
    double scratch[7][BLOCK] __attribute__((aligned(64)));
    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t count = n - i < BLOCK ? n - i : BLOCK;
        double *row = out + i;
        stage_moneyness(count, forward + i, strike + i, years + i, vol + i, scratch);
        stage_terms(count, forward + i, strike + i, years + i, vol + i, scratch);
        stage_greeks(count, forward + i, strike + i, years + i, vol + i, rate + i, sign + i, scratch, row,
                     row + n, row + 2 * n, row + 3 * n, row + 4 * n, row + 5 * n, row + 6 * n, row + 7 * n,
                     row + 8 * n, row + 9 * n, row + 10 * n, row + 11 * n);
    }
}

/* phi * sqrt(2 pi) on the first STRIDE levels, and its ratio to phi one stride on */
INLINE void start_density(double d1, double eta, double *restrict density, double *restrict ratio)
{
    for (int j = 0; j < STRIDE; j++) {
        double d = d1 + j * eta;
        density[j] = exp_bounded(-0.5 * d * d);
        ratio[j] = exp_bounded(-STRIDE * eta * (d + 0.5 * STRIDE * eta));
    }
}

/* One option on m consecutive levels, in whole strides; phi and its ratio stay in registers. */
INLINE void add_option(int64_t m, const double *restrict moves, double d1, double eta, double base, double iw,
                       double gamma, double vanna, double charm, double *restrict out_gamma,
                       double *restrict out_vanna, double *restrict out_charm)
{
    double density[STRIDE] __attribute__((aligned(64))), ratio[STRIDE] __attribute__((aligned(64)));
    double decay = exp_bounded(-STRIDE * STRIDE * eta * eta);
    start_density(d1, eta, density, ratio);
    for (int64_t j = 0; j < m; j += STRIDE)
        for (int l = 0; l < STRIDE; l++) {
            double phi = density[l], cross = phi * (base + moves[j + l] * iw);
            out_gamma[j + l] += gamma * phi;
            out_vanna[j + l] += vanna * cross;
            out_charm[j + l] += charm * cross;
            density[l] = phi * ratio[l];
            ratio[l] *= decay;
        }
}

/* What add_option needs of each option of one block: levels from..to, d1, eta, base, iw, three weights */
INLINE void stage_book(INPUTS, const double *restrict weight, double start, double step, double levels,
                       double (*restrict scratch)[BLOCK])
{
    for (int64_t j = 0; j < n; j++) {
        double w = vol[j] * sqrt(years[j]), iw = 1.0 / w, eta = step * iw, inverse_eta = 1.0 / eta;
        double base = log_ratio(forward[j], strike[j]) * iw + 0.5 * w, d1 = base + start * iw;
        double low = ceil((-REACH - d1) * inverse_eta), high = floor((REACH - d1) * inverse_eta) + 1.0;
        double scale = weight[j] * forward[j] * INV_SQRT_2PI;
        low = low < 0.0 ? 0.0 : low;
        low = low > levels ? levels : low;
        high = high < low ? low : high;
        scratch[0][j] = low;
        scratch[1][j] = high > levels ? levels : high;
        scratch[2][j] = d1 + low * eta;
        scratch[3][j] = eta;
        scratch[4][j] = base - w;
        scratch[5][j] = iw;
        scratch[6][j] = scale * iw * 0.01;
        scratch[7][j] = -scale / vol[j] * 0.01;
        scratch[8][j] = scale * 0.5 / (years[j] * 365.0);
    }
}

void tuned_profile(BOOK)
{
    double scratch[9][BLOCK] __attribute__((aligned(64)));
    double padded[m + STRIDE], sums[3][m + STRIDE]; /* the last stride may reach beyond the grid */
    double step = (moves[m - 1] - moves[0]) / (double)(m - 1);
    memset(padded, 0, sizeof padded);
    memset(sums, 0, sizeof sums);
    memcpy(padded, moves, (size_t)m * sizeof(double));
    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t count = n - i < BLOCK ? n - i : BLOCK;
        stage_book(count, forward + i, strike + i, years + i, vol + i, weight + i, moves[0], step, (double)m,
                   scratch);
        for (int64_t j = 0; j < count; j++) {
            int64_t first = (int64_t)scratch[0][j], last = (int64_t)scratch[1][j];
            add_option(last - first, padded + first, scratch[2][j], scratch[3][j], scratch[4][j], scratch[5][j],
                       scratch[6][j], scratch[7][j], scratch[8][j], sums[0] + first, sums[1] + first,
                       sums[2] + first);
        }
    }
    for (int row = 0; row < 3; row++)
        for (int64_t j = 0; j < m; j++) out[row * m + j] += sums[row][j];
}
