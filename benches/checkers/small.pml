/* The model of small.rs for SPIN: jobs of two files that share a network and one place among those that transfer.
 *
 *   spin -a small.pml && cc -O2 -DSAFETY -o pan pan.c && ./pan -m1000000
 *
 * Every step is one d_step, so that the states that are stored are those between steps. */

#define FILES 2
#define RETRY 2

#define SUSPENDED 0
#define QUEUED 1
#define CONNECTING 2
#define TRANSFERRING 3
#define TRANSIENT_ERROR 4
#define ERROR 5
#define TRANSFERRED 6
#define ACKNOWLEDGED 7
#define CANCELLED 8

byte state[3] = SUSPENDED;
byte left[3] = FILES;
byte retry[3] = 0;
bool network = true;

#define is_active(i) (state[i] == CONNECTING || state[i] == TRANSFERRING)
#define is_free (network && !is_active(0) && !is_active(1) && !is_active(2))
#define are_active (is_active(0) + is_active(1) + is_active(2))
#define is_whole(i) (state[i] != TRANSFERRED || left[i] == 0)
#define rules assert(are_active <= network && is_whole(0) && is_whole(1) && is_whole(2))

#define JOB(i) \
  :: d_step { state[i] == SUSPENDED || state[i] == TRANSIENT_ERROR || state[i] == ERROR -> \
       state[i] = QUEUED; retry[i] = 0; rules } \
  :: d_step { state[i] == QUEUED || is_active(i) || state[i] == TRANSIENT_ERROR -> \
       state[i] = SUSPENDED; retry[i] = 0; rules } \
  :: d_step { state[i] != ACKNOWLEDGED && state[i] != CANCELLED -> \
       state[i] = CANCELLED; retry[i] = 0; left[i] = 0; rules } \
  :: d_step { state[i] == TRANSFERRED -> state[i] = ACKNOWLEDGED; rules } \
  :: d_step { state[i] == QUEUED && is_free -> state[i] = CONNECTING; rules } \
  :: d_step { state[i] == CONNECTING -> state[i] = TRANSFERRING; rules } \
  :: d_step { state[i] == TRANSFERRING -> \
       left[i] = left[i] - 1; state[i] = (left[i] == 0 -> TRANSFERRED : TRANSFERRING); rules } \
  :: d_step { is_active(i) -> state[i] = TRANSIENT_ERROR; retry[i] = RETRY; rules } \
  :: d_step { is_active(i) -> state[i] = ERROR; rules } \
  :: d_step { state[i] == TRANSIENT_ERROR -> \
       state[i] = (retry[i] > 1 -> TRANSIENT_ERROR : QUEUED); retry[i] = retry[i] - 1; rules }

#define LOSE(i) if :: is_active(i) -> state[i] = TRANSIENT_ERROR; retry[i] = RETRY :: else fi

active proctype queue() {
  do
  JOB(0)
  JOB(1)
  JOB(2)
  :: d_step { network -> network = false; LOSE(0); LOSE(1); LOSE(2); rules }
  :: d_step { !network -> network = true; rules }
  od
}
