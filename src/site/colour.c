/* Owns colours and their contrast. */
#include "site/colour.h"

#include "base/err.h"
#include "base/hex.h"

#include <math.h>

enum { MIX_STEPS = 64 };

int colour_parse(struct str text, struct colour *out)
{
    int d[6];
    bool is_short = text.len == 4;
    if ((!is_short && text.len != 7) || text.ptr[0] != '#')
        return ERR_INVALID;
    for (int i = 0; i < 6; i++) {
        d[i] = hex_digit(text.ptr[1 + (is_short ? i / 2 : i)]);
        if (d[i] < 0)
            return ERR_INVALID;
    }
    *out = (struct colour){
        .red = (unsigned char)(d[0] * 16 + d[1]),
        .green = (unsigned char)(d[2] * 16 + d[3]),
        .blue = (unsigned char)(d[4] * 16 + d[5]),
    };
    return 0;
}

static double linear(unsigned char channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour c)
{
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

double colour_contrast(struct colour a, struct colour b)
{
    double one = luminance(a) + 0.05;
    double other = luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

static unsigned char mix_channel(unsigned char from, unsigned char to, int step)
{
    return (unsigned char)(from + (to - from) * step / MIX_STEPS);
}

struct colour colour_readable(struct colour colour, struct colour background, struct colour towards)
{
    static const double enough = 4.5;
    struct colour mixed = colour;
    for (int step = 0; step <= MIX_STEPS && colour_contrast(mixed, background) < enough; step++)
        mixed = (struct colour){
            .red = mix_channel(colour.red, towards.red, step),
            .green = mix_channel(colour.green, towards.green, step),
            .blue = mix_channel(colour.blue, towards.blue, step),
        };
    return mixed;
}
