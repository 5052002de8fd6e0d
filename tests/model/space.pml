/* One space among people who trust each other's signatures and nothing else (docs/protocol.md, 5, 6, 8.1 and 13).
 *
 * A and B are owners, M is invited, X goes: A or B takes them out, or they leave. X helps the server: it has every
 * grant that was ever sent for X, and X signs whatever serves it. The server keeps what it is sent and places it when
 * and where it likes, late, in another order, on both branches of a fork, or never; it shows everybody one branch or
 * the other as far as it likes, and relays beats or keeps them.
 *
 * What breaks a rule stops every honest reader alike (13.3), so only what the rules let pass is ever placed, and what
 * must hold is asserted of every branch that could be shown. Keys are perfect here: who was granted one holds it, and
 * nobody else. So this says nothing about secrecy, only about who is given what, and when.
 *
 * Each switch takes one rule out; the checker must then find an error (tests/model/__main__.py):
 * NO_ROSTER, NO_SEEN, NO_CAS, NO_DUE, NO_EPOCH, NO_GRANTS, NO_PINS, NO_NEW_EPOCH, OLD_SEED, NO_REMAKE.
 * HONEST makes the server honest and asks, in the end, whether what people wanted was done.
 */

#ifndef ITEMS
#define ITEMS 6 /* things signed in all, with the first entry; at most 6 unless HONEST */
#endif
#ifndef PLACES
#define PLACES 5 /* places a branch, at most 5 */
#endif

#define A 0
#define B 1
#define M 2
#define X 3
#define is(who) (1 << (who))
#define has(set, who) (((set) >> (who)) & 1)

#define CREATE 0
#define REMOVE 1 /* takes X out */
#define ADMIT 2  /* lets M in */
#define LEAVE 3  /* X goes by themselves; a device that goes is the same here */
#define ROTATE 4
#define RECORD 5

/* ---- what was signed; item 0 is the first entry ---------------------------------------------------------------- */

byte items = 1;
byte author[ITEMS];
byte kind[ITEMS];
byte seen_on[ITEMS];  /* `seen` of the item: the branch its author was shown, and the place there */
byte seen_at[ITEMS];
byte previous[ITEMS]; /* the item that `previous` names */
byte epoch[ITEMS];    /* a record: under which number */
byte key[ITEMS];      /* the key a record is sealed with, or an entry starts; a key is named by the item that made it */
byte grants[ITEMS];   /* to whom an entry that starts an epoch grants that key */
byte before[ITEMS];   /* the roster that the author had before their eyes; nowhere in the bytes */
byte on[ITEMS];       /* the branches it was placed on */
byte handed[ITEMS];    /* who was sent that key by the entries that start its epoch, also by attempts that were refused */
byte granted[ITEMS];  /* who was sent it by any */

/* ---- the two branches, and what the rules make of each place --------------------------------------------------- */

#define at(branch, place) ((branch) * PLACES + (place))
#define NEVER 255

byte length[2];
byte forked = NEVER; /* the first place at which the branches differ */
byte chain[2 * PLACES];
byte roster[2 * PLACES];
byte gone[2 * PLACES];    /* who was in and is not */
bool due[2 * PLACES];
byte running[2 * PLACES]; /* the number of the epoch */
byte current[2 * PLACES]; /* its key */
byte latest[2 * PLACES];  /* the latest entry */

#define tip(branch) at(branch, length[branch] - 1)
/* Heads are digests of all that came before: two are equal where the histories are. */
#define same(one, other, place) ((one) == (other) || (place) < forked)

/* ---- what honest clients hold ---------------------------------------------------------------------------------- */

/* How much of which branch each has verified; the pin stands at the last place (13.4). A client pulls just before it
 * signs: a pull that nothing follows changes nothing for anybody else. */
byte shown_on[3];
byte shown[3];
byte made[4]; /* how much each has signed */
byte turn;    /* who signed last, since a place was taken */

/* ---- the rules (5.3, 8.1), each with its switch ---------------------------------------------------------------- */

#define starts(i) (kind[i] == ROTATE || kind[i] == REMOVE)
#define after(i, set) (kind[i] == REMOVE || kind[i] == LEAVE -> (set) & ~is(X) : (kind[i] == ADMIT -> (set) | is(M) : (set)))

#ifdef NO_ROSTER
#define by_a_member(i, b) true
#else
#define by_a_member(i, b) has(roster[tip(b)], author[i])
#endif
#ifdef NO_SEEN
#define saw_this(i, b) true
#else
#define saw_this(i, b) (seen_at[i] < length[b] && same(seen_on[i], b, seen_at[i]))
#endif
#ifdef NO_CAS
#define follows(i, b) true
#else
#define follows(i, b) (previous[i] == latest[tip(b)])
#endif
#ifdef NO_DUE
#define in_time(i, b) true
#else
#define in_time(i, b) (!due[tip(b)] || starts(i))
#endif
#ifdef NO_EPOCH
#define in_epoch(i, b) true
#else
#define in_epoch(i, b) (epoch[i] == running[tip(b)])
#endif
#ifdef NO_GRANTS
#define grants_right(i, b) true
#else
#define grants_right(i, b) (!starts(i) || grants[i] == after(i, roster[tip(b)]))
#endif

#define makes_sense(i, b) \
	((kind[i] != REMOVE || has(roster[tip(b)], X)) && (kind[i] != ADMIT || !has(roster[tip(b)] | gone[tip(b)], M)))
#define entry_passes(i, b) (follows(i, b) && makes_sense(i, b) && grants_right(i, b))
#define passes(i, b) \
	(by_a_member(i, b) && saw_this(i, b) && in_time(i, b) && \
	 (kind[i] == RECORD -> in_epoch(i, b) : entry_passes(i, b)))

/* ---- what must hold -------------------------------------------------------------------------------------------- */

byte k; /* zero but inside a step */

/* Goal 7 and 9: both hold the very same items up to `seen`. */
inline agree(one, other, last) {
	k = 0;
	do
	:: k <= last -> assert(chain[at(one, k)] == chain[at(other, k)]); k++
	:: else -> break
	od;
	k = 0
}

inline must_hold(i, b) {
	/* Goal 3: nobody speaks who is not in the roster. */
	assert(has(roster[tip(b)], author[i]));
	if
	:: author[i] != X -> agree(seen_on[i], b, seen_at[i])
	:: else
	fi;
	if
	:: kind[i] == RECORD ->
		/* Nothing is placed while a rotation is due. */
		assert(!due[tip(b)]);
		/* Goal 6: what opens here was sealed with no key that somebody holds who is out. */
		assert(key[i] != current[tip(b)] && epoch[i] == running[tip(b)] || (granted[key[i]] & gone[tip(b)]) == 0)
	:: else ->
		/* Of two changes that race one wins: who changed the roster knew it. X may lie about what they knew. */
		assert(author[i] == X || before[i] == roster[tip(b)]);
		/* Goal 5: an epoch's key went to the roster after its entry, all of it and nobody else. */
		assert(!starts(i) || handed[key[i]] == after(i, roster[tip(b)]));
		/* Who comes in gets the key that runs. */
		assert(kind[i] != ADMIT || has(granted[current[tip(b)]], M))
	fi
}

/* ---- the server ------------------------------------------------------------------------------------------------ */

inline place(i, b) {
	must_hold(i, b);
	k = at(b, length[b]);
	chain[k] = i;
	on[i] = on[i] | is(b);
	roster[k] = (kind[i] == RECORD -> roster[k - 1] : after(i, roster[k - 1]));
	gone[k] = gone[k - 1] | (roster[k - 1] & ~roster[k]);
	due[k] = (starts(i) -> false : (kind[i] == LEAVE -> true : due[k - 1]));
#ifdef NO_NEW_EPOCH
	running[k] = (kind[i] == ROTATE -> running[k - 1] + 1 : running[k - 1]);
	current[k] = (kind[i] == ROTATE -> key[i] : current[k - 1]);
#else
	running[k] = (starts(i) -> running[k - 1] + 1 : running[k - 1]);
	current[k] = (starts(i) -> key[i] : current[k - 1]);
#endif
	latest[k] = (kind[i] == RECORD -> latest[k - 1] : i);
	length[b] = length[b] + 1;
	turn = A;
	k = 0
}

inline fork(first) {
	forked = first;
	do
	:: k < first ->
		chain[at(1, k)] = chain[k];
		on[chain[k]] = 3;
		roster[at(1, k)] = roster[k];
		gone[at(1, k)] = gone[k];
		due[at(1, k)] = due[k];
		running[at(1, k)] = running[k];
		current[at(1, k)] = current[k];
		latest[at(1, k)] = latest[k];
		k++
	:: else -> break
	od;
	length[1] = first;
	k = 0
}

/* A beat is judged once the reader has as much of the chain as it names; else it is an alarm, and stops them (13.7). */
#ifdef NO_SEEN
#define judged(who, other) (has(roster[at(shown_on[who], shown[who] - 1)], other))
#else
#define judged(who, other) \
	(has(roster[at(shown_on[who], shown[who] - 1)], other) && shown[other] <= shown[who] && \
	 same(shown_on[other], shown_on[who], shown[other] - 1))
#endif

#define can_place(i, b) (i < items && !has(on[i], b) && length[b] > 0 && length[b] < PLACES)
#define PLACE(i, b) :: d_step { can_place(i, b) && passes(i, b) -> place(i, b) }
/* Nothing is lost by forking at the end alone: a branch may be left alone until later. */
#define FORK(most) :: d_step { forked == NEVER && length[0] == most -> fork(most) }
#define RELAY(who, other) :: d_step { judged(who, other) -> agree(shown_on[other], shown_on[who], shown[other] - 1) }

proctype server() {
end:	do
#ifdef HONEST
	PLACE(1, 0) PLACE(2, 0) PLACE(3, 0) PLACE(4, 0) PLACE(5, 0) PLACE(6, 0) PLACE(7, 0) PLACE(8, 0) PLACE(9, 0)
#else
	PLACE(1, 0) PLACE(2, 0) PLACE(3, 0) PLACE(1, 1) PLACE(2, 1) PLACE(3, 1)
#if ITEMS > 4
	PLACE(4, 0) PLACE(4, 1)
#endif
#if ITEMS > 5
	PLACE(5, 0) PLACE(5, 1)
#endif
	FORK(1) FORK(2) FORK(3)
	RELAY(A, B) RELAY(B, A) RELAY(A, M) RELAY(M, A)
#endif
	od
}

/* ---- the clients ----------------------------------------------------------------------------------------------- */

/* What may be shown: a branch that holds the place that is pinned, and not less of it (13.3). */
#ifdef NO_PINS
#define leads_on(who, b, n) (n <= length[b])
#else
#define leads_on(who, b, n) (n <= length[b] && n >= shown[who] && same(shown_on[who], b, shown[who] - 1))
#endif

inline pull(who, b, n) {
	/* Goal 8: a pin never falls, and stands in whatever is shown later. */
	assert(n >= shown[who] && same(shown_on[who], b, shown[who] - 1));
	shown_on[who] = (n > forked -> b : 0);
	shown[who] = n
}

inline sign(who, b, n, what, place_seen) {
	pull(who, b, n);
	author[items] = who;
	kind[items] = what;
	seen_on[items] = (place_seen >= forked -> b : 0);
	seen_at[items] = place_seen;
	previous[items] = latest[at(b, n - 1)];
	before[items] = roster[at(b, n - 1)];
	epoch[items] = running[at(b, n - 1)];
	if
	:: starts(items) ->
		key[items] = items;
#ifdef OLD_SEED
		/* The seed of an own attempt that was refused. */
		k = items - 1;
		do
		:: k > 0 && author[k] == who && starts(k) -> key[items] = key[k]; break
		:: k > 0 && !(author[k] == who && starts(k)) -> k--
		:: k == 0 -> break
		od;
		k = 0;
#endif
		grants[items] = after(items, before[items]);
		handed[key[items]] = handed[key[items]] | grants[items];
		granted[key[items]] = granted[key[items]] | grants[items]
	:: else ->
		key[items] = current[at(b, n - 1)];
		granted[key[items]] = granted[key[items]] | (what == ADMIT -> is(M) : 0)
	fi;
	made[who] = made[who] + 1;
	turn = who;
	items = items + 1
}

/* Who sign one after the other, without a place between, may as well do so in one order. */
#define may_sign(who, b, n, most) \
	(items < ITEMS && made[who] < most && turn <= who && leads_on(who, b, n) && \
	 has(roster[at(b, n - 1)], who) && has(granted[current[at(b, n - 1)]], who))
#define may_remove(b, n) has(roster[at(b, n - 1)], X)
#define may_admit(b, n) (!has(roster[at(b, n - 1)] | gone[at(b, n - 1)], M) && !due[at(b, n - 1)])

#ifdef HONEST

/* One attempt upon each entry; the next once that one has lost or won. */
byte tried[3] = NEVER;
#ifdef NO_REMAKE
#define ready(who) (may_sign(who, 0, length[0], 5) && made[who] == 0)
#else
#define ready(who) (may_sign(who, 0, length[0], 5) && tried[who] != latest[tip(0)])
#endif
#define WANTS(who, what) tried[who] = latest[tip(0)]; sign(who, 0, length[0], what, length[0] - 1)

proctype owner_a() {
end:	do
	:: d_step { ready(A) && due[tip(0)] -> WANTS(A, ROTATE) }
	:: d_step { ready(A) && may_remove(0, length[0]) -> WANTS(A, REMOVE) }
	od
}

proctype owner_b() {
end:	do
	:: d_step { ready(B) && due[tip(0)] -> WANTS(B, ROTATE) }
	:: d_step { ready(B) && may_admit(0, length[0]) -> WANTS(B, ADMIT) }
	od
}

/* Where nothing more can happen, what was wanted is done. */
proctype in_the_end() {
	timeout;
	assert(!has(roster[tip(0)], X) && has(roster[tip(0)], M) && !due[tip(0)]);
	assert((granted[current[tip(0)]] & roster[tip(0)]) == roster[tip(0)] && !has(granted[current[tip(0)]], X))
}

#else

/* What waited in the outbox is sealed anew with the `seen` that it was written with (13.5). */
#define WRITES(who, b, n) \
	:: d_step { may_sign(who, b, n, 2) && !due[at(b, n - 1)] -> sign(who, b, n, RECORD, n - 1) } \
	:: d_step { n > 1 && may_sign(who, b, n, 2) && !due[at(b, n - 1)] -> sign(who, b, n, RECORD, 0) }
#define KEEPS(who, b, n) \
	:: d_step { may_sign(who, b, n, 2) && may_remove(b, n) -> sign(who, b, n, REMOVE, n - 1) } \
	:: d_step { may_sign(who, b, n, 2) && may_admit(b, n) -> sign(who, b, n, ADMIT, n - 1) } \
	:: d_step { may_sign(who, b, n, 2) -> sign(who, b, n, ROTATE, n - 1) } \
	WRITES(who, b, n)
/* A place before the fork is the same on both; what is signed at the very end could no longer be placed. */
#if PLACES > 4
#define ANYWHERE(what, who) \
	what(who, 0, 1) what(who, 0, 2) what(who, 0, 3) what(who, 0, 4) what(who, 1, 2) what(who, 1, 3) what(who, 1, 4)
#else
#define ANYWHERE(what, who) what(who, 0, 1) what(who, 0, 2) what(who, 0, 3) what(who, 1, 2) what(who, 1, 3)
#endif

proctype owner_a() {
end:	do
	ANYWHERE(KEEPS, A)
	od
}

proctype owner_b() {
end:	do
	ANYWHERE(KEEPS, B)
	od
}

proctype invited() {
end:	do
	ANYWHERE(WRITES, M)
	od
}

#endif

/* X knows both branches, claims to have seen whatever fits, and grants to whomever they like. */
inline sign_as_x(what, b, to) {
	author[items] = X;
	kind[items] = what;
	seen_on[items] = (length[b] > forked -> b : 0);
	seen_at[items] = length[b] - 1;
	previous[items] = latest[tip(b)];
	before[items] = roster[tip(b)];
	epoch[items] = running[tip(b)];
	key[items] = (what == ROTATE -> items : current[tip(b)]);
	grants[items] = to;
	handed[key[items]] = handed[key[items]] | (what == ROTATE -> to : 0);
	granted[key[items]] = granted[key[items]] | to;
	made[X] = made[X] + 1;
	turn = X;
	items = items + 1
}

#define x_may_sign(most) (items < ITEMS && made[X] < most)
#define X_ON(b) \
	:: d_step { x_may_sign(1) && length[b] > 0 -> sign_as_x(RECORD, b, 0) } \
	:: d_step { x_may_sign(1) && length[b] > 0 -> sign_as_x(ROTATE, b, roster[tip(b)]) } \
	:: d_step { x_may_sign(1) && length[b] > 0 -> sign_as_x(ROTATE, b, is(A) | is(X)) } \
	:: d_step { x_may_sign(1) && length[b] > 0 -> sign_as_x(LEAVE, b, 0) }

proctype removed() {
end:	do
#ifdef HONEST
	:: d_step { x_may_sign(1) && has(roster[tip(0)], X) -> sign_as_x(LEAVE, 0, 0) }
#else
	X_ON(0)
	X_ON(1)
#endif
	od
}

init {
	atomic {
		author[0] = A;
		kind[0] = CREATE;
		on[0] = 1;
		granted[0] = is(A) | is(B) | is(X);
		roster[0] = granted[0];
		length[0] = 1;
		shown[A] = 1;
		shown[B] = 1;
		shown[M] = 1;
		run server();
		run owner_a();
		run owner_b();
		run removed();
#ifdef HONEST
		run in_the_end()
#else
		run invited()
#endif
	}
}
