/* Owns the words of refusals. */
#include "server/handover_refusal.h"

static const struct text refusals[] = {
    [REFUSED_SLOW] = {"it has taken too long", "ci è voluto troppo tempo"},
    [REFUSED_VERSION] = {"the running server knows another form of taking over",
                         "il server in corsa conosce un altro modo di subentrare"},
    [REFUSED_EARLY] = {"the server before the one that runs has not left yet",
                       "il server precedente a quello in corsa non se n’è ancora andato"},
    [REFUSED_OFFER] = {"the offer cannot be sent", "non si riesce a mandare l’offerta"},
    [REFUSED_JOURNAL] = {"the journal cannot be let go", "non si riesce a cedere il registro"},
    [REFUSED_GONE] = {"the next server has ended", "il server successivo è terminato"},
    [REFUSED_ORDER] = {"it does not keep to the order", "non rispetta l’ordine dei messaggi"},
    [REFUSED_ENDING] = {"the running server is ending", "il server in corsa sta terminando"},
};

struct text handover_refusal_words(enum handover_refusal why)
{
    return refusals[why];
}

bool handover_refusal_read(struct str said, struct text *words)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (str_eq(said, str_from(refusals[i].en))) {
            *words = refusals[i];
            return true;
        }
    }
    return false;
}
