"""The inner loops: what a visit costs, where a task fits best, ruin and recreate.

Written once over plain indexing, so that the same lines run on nested lists as Python and on arrays
compiled (``_compiled``). Nothing here draws chance except by ``draw`` and nothing takes a logarithm,
so both give the same bits. ``d`` is a ``Data``, ``s`` a ``State``; times are minutes.
"""

import math
from typing import Any

INF = 1e15
"""The cost of what may not be."""
HUGE = 1e12
"""More than any cost that may be."""
TINY = 1e-9

# Columns of the tables of tasks, rows and steps.
RELEASE, SINCE, RATE, OPENS, LATEST, DURATION, VARIANCE, PIN = 0, 1, 2, 3, 4, 5, 6, 7
HELD, MOVE, SAID, SLIP, SKIP, URGENT, FIRST_STEP, LAST_STEP = 8, 9, 10, 11, 12, 13, 14, 15
TECH, END, HARD, LOCK = 0, 1, 2, 3


def draw(rng: Any) -> float:
    """Draw from [0, 1): the minimal standard generator of Park and Miller with 48271."""
    rng[0] = rng[0] * 48271 % 2147483647
    return float(rng[0] / 2147483647.0)


def way(d: Any, p: int, q: int) -> float:
    """Minutes between two nodes at the ordinary speed."""
    if d.dense:
        return float(d.ways[p][q])
    dx = d.xy[p][0] - d.xy[q][0]
    dy = d.xy[p][1] - d.xy[q][1]
    return float(math.sqrt(dx * dx + dy * dy) * d.scale)


def reach(d: Any, leave: float, distance: float) -> float:
    """When somebody arrives who drives by the speeds of the hours."""
    t = leave
    rest = distance
    while True:
        minute = (d.minute_of_day + t) % 1440.0
        hour = int(minute / 60.0)
        left = (hour + 1) * 60.0 - minute
        speed = d.speeds[hour]
        if rest <= left * speed:
            return float(t + rest / speed)
        rest -= left * speed
        t += left


def leave_by(d: Any, arrive: float, distance: float) -> float:
    """When somebody must leave to arrive at a minute: ``reach`` driven backwards."""
    t, rest = arrive, distance
    while True:
        minute = (d.minute_of_day + t) % 1440.0
        hour = math.ceil(minute / 60.0) - 1
        into = minute - hour * 60.0
        speed = d.speeds[hour % 24]
        if rest <= into * speed:
            return float(t - rest / speed)
        rest -= into * speed
        t -= into


def lateness(d: Any, j: int, start: float, v: float) -> float:
    """Expected price of being late: the arrival is a Student t with two degrees of freedom."""
    pay = 0.0
    job = d.job[j]
    for k in range(int(job[FIRST_STEP]), int(job[LAST_STEP])):
        step = d.step[k]
        z = start - step[0]
        root = math.sqrt(z * z + 2.0 * v)
        if root > 0.0:
            pay += step[1] * (0.5 + 0.5 * z / root) + step[2] * 0.5 * (z + root)
    return pay


def visit(
    d: Any, r: int, p: int, t: float, v: float, j: int
) -> tuple[float, float, float, float, float]:
    """Go from ``p`` at ``t`` to task ``j``: start, finish, variance, prices of it and of the way."""
    job = d.job[j]
    row = d.row[r]
    leave = max(t, job[RELEASE])
    distance = way(d, p, d.rows + j)
    arrive = leave + distance if d.flat else reach(d, leave, distance)
    road = arrive - leave
    v += d.noise2 * road * road
    start = job[PIN] if job[PIN] >= 0.0 else max(arrive, job[OPENS])
    if start > arrive:
        rest = max(math.sqrt(v) - (start - arrive), 0.0)
        v = rest * rest
    finish = start + job[DURATION]
    if arrive > start + TINY or start > job[LATEST] or finish > row[HARD]:
        return start, finish, v + job[VARIANCE], INF, d.travel_price * road
    pay = job[RATE] * (start - job[SINCE]) + lateness(d, j, start, v)
    if job[HELD] >= 0 and job[HELD] != row[TECH]:
        pay += job[MOVE]
    if start > job[SAID]:
        pay += job[SLIP] * (start - job[SAID])
    pay += d.cover[r][slot(d, start)] * (road + job[DURATION])
    if finish > row[END]:
        pay += overtime(d, r, t, finish)
    return start, finish, v + job[VARIANCE], pay, d.travel_price * road


def slot(d: Any, t: float) -> int:
    """Return the hour of the coverage prices in which a minute lies."""
    hour = int((t - d.now) / 60.0)
    return int(min(max(hour, 0), d.slots - 1))


def overtime(d: Any, r: int, before: float, finish: float) -> float:
    """Price of the minutes of a stop beyond the end of the shift."""
    over = finish - d.row[r][END]
    if over <= 0.0:
        return 0.0
    done = before - d.row[r][END]
    return float(d.overtime_price * (over - done if done > 0.0 else over))


def refresh(d: Any, s: Any, r: int, first: int) -> None:
    """Recompute what is remembered of a row from a position on."""
    seq, n = s.seq[r], s.length[r]
    ts, vs, cs = s.t[r], s.v[r], s.c[r]
    p = r if first == 0 else d.rows + seq[first - 1]
    for k in range(first, n):
        j = seq[k]
        _start, finish, v, pay, road = visit(d, r, p, ts[k], vs[k], j)
        ts[k + 1] = finish
        vs[k + 1] = v
        cs[k + 1] = cs[k] + pay + road
        p = d.rows + j


def suffix(d: Any, s: Any, r: int, k: int, j: int, t: float, v: float, most: float) -> float:
    """Cost of the stops of a row from ``k`` on when they come after task ``j``; INF if over ``most``."""
    seq, ts, cs = s.seq[r], s.t[r], s.c[r]
    p = d.rows + j
    n = s.length[r]
    spent = 0.0
    for i in range(k, n):
        _start, t, v, pay, road = visit(d, r, p, t, v, seq[i])
        spent += pay + road
        if spent >= most:
            return INF
        if t == ts[i + 1] and v == s.v[r][i + 1]:
            return float(spent + cs[n] - cs[i + 1])
        p = d.rows + seq[i]
    return spent


def try_row(d: Any, s: Any, r: int, j: int, bound: float) -> tuple[float, int]:
    """Return the cheapest place for task ``j`` in row ``r`` below ``bound``, or position -1."""
    n = s.length[r]
    if n + 1 >= s.room:
        return bound, -1
    at = -1
    seq, ts, vs, cs = s.seq[r], s.t[r], s.v[r], s.c[r]
    total = cs[n]
    for k in range(int(d.row[r][LOCK]), n + 1):
        p = r if k == 0 else d.rows + seq[k - 1]
        _start, finish, v, pay, road = visit(d, r, p, ts[k], vs[k], j)
        if pay >= HUGE:
            # It is too late here, and later in the row no sooner.
            break
        if pay >= bound:
            continue
        spent = cs[k] + pay + road
        spent += suffix(d, s, r, k, j, finish, v, total + bound - spent)
        if spent - total < bound:
            bound = spent - total
            at = k
    return bound, at


def best_place(d: Any, s: Any, j: int, rng: Any, blink: float) -> tuple[float, int, int]:
    """Return the cheapest row and position for a task at less than leaving it out."""
    bound = d.job[j][SKIP]
    row = -1
    at = -1
    cand = d.cand[j]
    for k in range(d.cand_count[j]):
        if blink > 0.0 and draw(rng) < blink:
            continue
        r = cand[k]
        cost, pos = try_row(d, s, r, j, bound)
        if pos >= 0:
            bound, row, at = cost, r, pos
    return bound, row, at


def put(d: Any, s: Any, r: int, k: int, j: int) -> None:
    """Insert a task into a row."""
    seq = s.seq[r]
    for i in range(s.length[r], k, -1):
        seq[i] = seq[i - 1]
    seq[k] = j
    s.length[r] += 1
    s.where[j] = r
    refresh(d, s, r, k)


def take(d: Any, s: Any, r: int, k: int, count: int) -> None:
    """Remove a string of tasks from a row."""
    seq = s.seq[r]
    n = s.length[r]
    for i in range(k, k + count):
        s.where[seq[i]] = -1
    for i in range(k + count, n):
        seq[i - count] = seq[i]
    s.length[r] = n - count
    refresh(d, s, r, k)


def copy_row(a: Any, b: Any, r: int) -> None:
    """Copy a row of one state to another."""
    n = a.length[r]
    b.length[r] = n
    for i in range(n):
        b.seq[r][i] = a.seq[r][i]
    for i in range(n + 1):
        b.t[r][i] = a.t[r][i]
        b.v[r][i] = a.v[r][i]
        b.c[r][i] = a.c[r][i]


def copy_all(d: Any, a: Any, b: Any) -> None:
    """Copy a whole state."""
    for r in range(d.rows):
        copy_row(a, b, r)
    for j in range(d.tasks):
        b.where[j] = a.where[j]


def total_cost(d: Any, s: Any) -> float:
    """Cost of all rows and of what is left out."""
    cost = 0.0
    for r in range(d.rows):
        cost += s.c[r][s.length[r]]
    for j in range(d.tasks):
        if s.where[j] < 0:
            cost += d.job[j][SKIP]
    return cost


def touch(s: Any, keep: Any, w: Any, r: int) -> None:
    """Remember a row before it is changed for the first time."""
    if not w.mark[r]:
        w.mark[r] = 1
        w.rows[w.count[0]] = r
        w.count[0] += 1
        copy_row(s, keep, r)


def find(s: Any, r: int, j: int) -> int:
    """Position of a task in its row."""
    seq = s.seq[r]
    k = 0
    while seq[k] != j:
        k += 1
    return k


def ruin_row(d: Any, s: Any, keep: Any, w: Any, j: int, rng: Any) -> None:
    """Take a string that holds task ``j`` out of its row; locked and crew stops stay."""
    r = s.where[j]
    at = find(s, r, j)
    n = s.length[r]
    seq = s.seq[r]
    if at < int(d.row[r][LOCK]):
        return
    size = 1 + int(draw(rng) * min(d.string, n))
    first = max(at - int(draw(rng) * size), int(d.row[r][LOCK]))
    last = min(first + size, n)
    lo = at
    while lo > first and seq[lo - 1] < d.free:
        lo -= 1
    hi = at + 1
    while hi < last and seq[hi] < d.free:
        hi += 1
    touch(s, keep, w, r)
    for i in range(lo, hi):
        pick(w, seq[i], 1)
    take(d, s, r, lo, hi - lo)


def pick(w: Any, j: int, came: int) -> None:
    """Put a task on the list of this iteration: 1 from a row, 2 left out before."""
    w.out[w.count[1]] = j
    w.came[j] = came
    w.count[1] += 1


def ruin(d: Any, s: Any, keep: Any, w: Any, rng: Any) -> int:
    """Empty strings of some rows around one task; return the task."""
    centre = int(draw(rng) * d.free)
    strings = 1 + int(draw(rng) * d.strings)
    near = d.near[centre]
    for a in range(d.near_count):
        if strings <= 0:
            break
        j = near[a]
        if s.where[j] >= 0 and not w.mark[s.where[j]]:
            ruin_row(d, s, keep, w, j, rng)
            strings -= 1
    for j in range(d.free):
        if s.where[j] < 0 and not w.came[j]:
            pick(w, j, 2)
    return centre


def order(d: Any, w: Any, centre: int, rng: Any) -> None:
    """Sort what was taken out by one of four keys drawn at random."""
    u = draw(rng)
    for a in range(w.count[1]):
        j = w.out[a]
        if u < 0.3:
            w.key[a] = draw(rng)
        elif u < 0.65:
            w.key[a] = -d.job[j][SKIP] + d.job[j][URGENT] * 1e-5
        elif u < 0.85:
            w.key[a] = d.job[j][URGENT]
        else:
            w.key[a] = way(d, d.rows + centre, d.rows + j)
    for a in range(1, w.count[1]):
        key, j, b = w.key[a], w.out[a], a - 1
        while b >= 0 and w.key[b] > key:
            w.key[b + 1] = w.key[b]
            w.out[b + 1] = w.out[b]
            b -= 1
        w.key[b + 1] = key
        w.out[b + 1] = j


def recreate(d: Any, s: Any, keep: Any, w: Any, rng: Any) -> None:
    """Put back what was taken out, each where it is cheapest."""
    for a in range(w.count[1]):
        j = w.out[a]
        _cost, r, k = best_place(d, s, j, rng, d.blink)
        if r >= 0:
            touch(s, keep, w, r)
            put(d, s, r, k, j)


def settle(d: Any, s: Any, keep: Any, w: Any, is_kept: bool) -> None:  # noqa: FBT001  compiled: no keywords
    """End an iteration: keep the changed rows or put them back."""
    if not is_kept:
        for a in range(w.count[1]):
            s.where[w.out[a]] = -1
        for a in range(w.count[0]):
            r = w.rows[a]
            copy_row(keep, s, r)
            for i in range(s.length[r]):
                s.where[s.seq[r][i]] = r
    for a in range(w.count[0]):
        w.mark[w.rows[a]] = 0
    for a in range(w.count[1]):
        w.came[w.out[a]] = 0
    w.count[0] = 0
    w.count[1] = 0


def cost_change(d: Any, s: Any, keep: Any, w: Any) -> float:
    """Cost of the changed rows and of what is out now, less before."""
    change = 0.0
    for a in range(w.count[0]):
        r = w.rows[a]
        change += s.c[r][s.length[r]] - keep.c[r][keep.length[r]]
    for a in range(w.count[1]):
        j = w.out[a]
        if s.where[j] < 0:
            change += d.job[j][SKIP]
        if w.came[j] == 2:
            change -= d.job[j][SKIP]
    return change


def anneal(d: Any, s: Any, keep: Any, best: Any, w: Any, rng: Any, limits: Any, costs: Any) -> int:
    """Run one iteration for each of ``limits``: how much worse than now is still accepted.

    ``costs`` holds the present and the best cost. Returns how often the best changed.
    """
    found = 0
    for k in range(len(limits)):
        centre = ruin(d, s, keep, w, rng)
        order(d, w, centre, rng)
        recreate(d, s, keep, w, rng)
        change = cost_change(d, s, keep, w)
        is_kept = change < limits[k]
        if is_kept:
            costs[0] += change
        settle(d, s, keep, w, is_kept)
        if is_kept and costs[0] < costs[1] - 1e-7:
            costs[1] = costs[0]
            copy_all(d, s, best)
            found += 1
    return found
