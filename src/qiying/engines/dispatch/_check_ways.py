"""Ways computed for the checker: straight lines or the matrix, driven through the speeds of the hours."""

from math import dist, floor

from qiying.engines.dispatch._problem import Point, Problem


def minutes_at_usual_speed(problem: Problem, a: Point, b: Point) -> float:
    """Minutes between two places."""
    travel = problem.travel
    if travel.matrix:
        return travel.matrix[a.node][b.node]
    kilometres = travel.detour * dist((a.x, a.y), (b.x, b.y)) / 1000
    return 60 * kilometres / travel.kmh


def arrival(problem: Problem, a: Point, b: Point, depart_at: float) -> float:
    """When somebody arrives: hour by hour, each with its share of the way."""
    rest = minutes_at_usual_speed(problem, a, b)
    if not problem.travel.speeds:
        return depart_at + rest
    clock = problem.minute_of_day + depart_at
    at = clock
    while True:
        speed = problem.travel.speeds[floor(at / 60) % 24]
        full = (floor(at / 60) + 1) * 60 - at
        if full * speed >= rest:
            return depart_at + (at - clock) + rest / speed
        rest -= full * speed
        at += full
