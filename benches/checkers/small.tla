------------------------------- MODULE small -------------------------------
\* The model of small.rs for TLC: jobs of two files that share a network and one place among those that transfer.
\* Check it with INIT Init, NEXT Next, INVARIANT Rules; deadlock is none of its questions.
EXTENDS Naturals, FiniteSets

Jobs == 0..2
Files == 2
Retry == 2

VARIABLES state, left, retry, network
vars == <<state, left, retry, network>>

Init ==
    /\ state = [job \in Jobs |-> "Suspended"]
    /\ left = [job \in Jobs |-> Files]
    /\ retry = [job \in Jobs |-> 0]
    /\ network = TRUE

IsActive(job) == state[job] \in {"Connecting", "Transferring"}
IsFree == network /\ \A job \in Jobs : ~IsActive(job)

Enters(job, to) ==
    /\ state' = [state EXCEPT ![job] = to]
    /\ retry' = [retry EXCEPT ![job] = IF to = "TransientError" THEN Retry ELSE 0]
    /\ left' = [left EXCEPT ![job] = IF to = "Cancelled" THEN 0 ELSE @]
    /\ UNCHANGED network

Resume(job) ==
    state[job] \in {"Suspended", "TransientError", "Error"} /\ Enters(job, "Queued")
Suspend(job) ==
    (state[job] \in {"Queued", "TransientError"} \/ IsActive(job)) /\ Enters(job, "Suspended")
Cancel(job) == state[job] \notin {"Acknowledged", "Cancelled"} /\ Enters(job, "Cancelled")
Complete(job) == state[job] = "Transferred" /\ Enters(job, "Acknowledged")
Pick(job) == state[job] = "Queued" /\ IsFree /\ Enters(job, "Connecting")
Connect(job) == state[job] = "Connecting" /\ Enters(job, "Transferring")
TransferFile(job) ==
    /\ state[job] = "Transferring"
    /\ left' = [left EXCEPT ![job] = @ - 1]
    /\ state' = [state EXCEPT ![job] = IF left[job] = 1 THEN "Transferred" ELSE "Transferring"]
    /\ UNCHANGED <<retry, network>>
FailForAWhile(job) == IsActive(job) /\ Enters(job, "TransientError")
FailForGood(job) == IsActive(job) /\ Enters(job, "Error")
Minute(job) ==
    /\ state[job] = "TransientError"
    /\ retry' = [retry EXCEPT ![job] = @ - 1]
    /\ state' = [state EXCEPT ![job] = IF retry[job] > 1 THEN "TransientError" ELSE "Queued"]
    /\ UNCHANGED <<left, network>>

LoseNetwork ==
    /\ network /\ network' = FALSE
    /\ state' = [job \in Jobs |-> IF IsActive(job) THEN "TransientError" ELSE state[job]]
    /\ retry' = [job \in Jobs |-> IF IsActive(job) THEN Retry ELSE retry[job]]
    /\ UNCHANGED left
RestoreNetwork == ~network /\ network' = TRUE /\ UNCHANGED <<state, left, retry>>

OfJob(job) ==
    \/ Resume(job) \/ Suspend(job) \/ Cancel(job) \/ Complete(job) \/ Pick(job) \/ Connect(job)
    \/ TransferFile(job) \/ FailForAWhile(job) \/ FailForGood(job) \/ Minute(job)
Next == LoseNetwork \/ RestoreNetwork \/ \E job \in Jobs : OfJob(job)

Rules ==
    /\ Cardinality({job \in Jobs : IsActive(job)}) <= (IF network THEN 1 ELSE 0)
    /\ \A job \in Jobs : state[job] = "Transferred" => left[job] = 0
=============================================================================
