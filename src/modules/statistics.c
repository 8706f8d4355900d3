/* The module _statistics: the inverse of the normal distribution's cumulative function.
 *
 * Algorithm AS 241 (Wichura 1988), PPND16: one rational function near the middle, two in the tails, each a quotient of polynomials of
 * degree 7.  The order of the operations is that of statistics.py, so that the last bit agrees. */
#include <math.h>

#include "modules/module.h"

enum { TERMS = 8 };

/* Numerator and denominator, highest power first. */
typedef struct Rational {
    double top[TERMS], bottom[TERMS];
} Rational;

static const Rational middle = {
    {2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4, 1.3731693765509461125e+4,
     1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0},
    {5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4, 5.3941960214247511077e+3,
     6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0},
};
static const Rational near_tail = {
    {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0, 3.64784832476320460504e+0,
     5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0},
    {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1,
     1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0},
};
static const Rational far_tail = {
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1,
     1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0},
    {2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2,
     1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0},
};

static double polynomial(const double *c, double x) {
    double sum = c[0];
    for (int i = 1; i < TERMS; i++) sum = sum * x + c[i];
    return sum;
}

static double inverse(double p, double mu, double sigma) {
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return mu + polynomial(middle.top, r) * q / polynomial(middle.bottom, r) * sigma;
    }
    double r = sqrt(-log(q <= 0.0 ? p : 1.0 - p));
    const Rational *tail = r <= 5.0 ? &near_tail : &far_tail;
    r -= r <= 5.0 ? 1.6 : 5.0;
    double x = polynomial(tail->top, r) / polynomial(tail->bottom, r);
    return mu + (q < 0.0 ? -x : x) * sigma;
}

static Value inv_cdf(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double p, mu, sigma;
    if (!arg_double(t, args[0], &p) || !arg_double(t, args[1], &mu) || !arg_double(t, args[2], &sigma)) return VNULL;
    if (p <= 0.0 || p >= 1.0) return err_raise(t, T_ValueError, "inv_cdf undefined for these parameters");
    return float_from_double(t, inverse(p, mu, sigma));
}

static const MethodDef functions[] = {
    {"_normal_dist_inv_cdf", "($module, p, mu, sigma, /)", NULL, inv_cdf, 0, FX_PURE},
    {NULL},
};

const ModuleDef module__statistics = {.name = "_statistics", .doc = "Accelerators for the statistics module.\n", .functions = functions};
