/* Handing the journal on to the next server, and having it from the one before (see
 * journal/handover.h): what the control thread asks of a recorder that runs. */
#ifndef ATTIMO_SERVER_RECORDER_HANDOVER_H
#define ATTIMO_SERVER_RECORDER_HANDOVER_H

#include "server/recorder.h"

/* The lock's descriptor, which stays the recorder's, and the number that comes next, or a little
 * later. ERR_NOT_FOUND: there is no journal now. */
int recorder_lock(struct recorder *recorder, int *lock_fd, uint64_t *next_seq);

/* From the return on, numbers from `first_seq` on and the lock file are the next server's. Waits
 * for the recorder's thread, two seconds at most. ERR_STOPPED: it does not answer; ERR_LIMIT,
 * ERR_NO_SPACE, ERR_IO. On failure everything is as it was, or will be before anything else is
 * asked for. */
int recorder_let_go(struct recorder *recorder, uint64_t first_seq);

/* The next server does not come; or this is the next, and the one before has let go. */
void recorder_hold(struct recorder *recorder);

/* The server before has ended: what it has left torn is mended, and upkeep begins. To be told to a
 * recorder that was created with a handover, once. */
void recorder_is_alone(struct recorder *recorder);

#endif
