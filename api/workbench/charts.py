"""Charts of the dashboards: what ECharts is told, and the same numbers for a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from autoqa.i18n import _
from autoqa.reports import wording
from autoqa.reports.intervals import mean_interval
from autoqa.store.figures import Distribution, GroupFigures

_INK, _SOFT, _LINE = "#1c2530", "#566171", "#e2e6ec"
_ACCENT, _BAND, _BAR = "#2a66b0", "#c9dcf2", "#c4ccd7"
"""As in palette.css; apart in grey, too."""
_BARS = 24
"""At most in a distribution; what is longer is in the last."""
_FONT = {"color": _SOFT, "fontSize": 12}


@dataclass(frozen=True, slots=True)
class Chart:
    """``headings`` and ``rows``: the numbers that are drawn, as text."""

    name: str
    title: str
    note: str
    options: dict[str, Any]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def number(value: float | None) -> str:
    """A mean as pages show it."""
    return "–" if value is None else f"{value:.1f}"


def interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.1f}–{high:.1f}"


def course(days: Sequence[GroupFigures], total: GroupFigures) -> Chart:
    """The mean score by day with its interval, and how many calls there were."""
    ends = [mean_interval(one.score or 0.0, one.spread or 0.0, one.scored) for one in days]
    rows = tuple(
        (one.key, str(one.calls), number(one.score), interval(*(end or (None, None))))
        for one, end in zip(days, ends, strict=True)
    )
    lows = [end[0] for end in ends if end] + [one.score for one in days if one.score is not None]
    least = floor(min(lows, default=0.0) / 10) * 10
    tips = [_tip(one, row[3]) for one, row in zip(days, rows, strict=True)]
    names = [one.key for one in days]
    mean, band, calls = _("mean score"), _("interval (95 %)"), _("calls")
    options: dict[str, Any] = {
        "animation": False,
        "textStyle": {"fontFamily": "sans-serif"},
        "grid": [
            {"left": 44, "right": 20, "top": 34, "height": "52%"},
            {"left": 44, "right": 20, "bottom": 26, "height": "17%"},
        ],
        "legend": {"data": [mean, band], "right": 30, "top": 0, "itemGap": 30}
        | {"textStyle": _FONT},
        "tooltip": {
            "trigger": "axis",
            ":formatter": "(points) => points.map((one) => one.data?.tip).find(Boolean) || ''",
        },
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "xAxis": [
            _axis(names) | {"gridIndex": 0, "axisLabel": {"show": False}},
            _axis([name[5:] for name in names]) | {"gridIndex": 1},
        ],
        "yAxis": [
            _values(mean) | {"gridIndex": 0, "min": least, "max": 100},
            _values(calls) | {"gridIndex": 1, "splitNumber": 2, "minInterval": 1},
        ],
        "series": [
            _line([None if end is None else round(end[0], 2) for end in ends], "low"),
            _line([None if end is None else round(end[1] - end[0], 2) for end in ends], band)
            | {"areaStyle": {"color": _BAND, "opacity": 0.75}, "itemStyle": {"color": _BAND}},
            {
                "name": mean,
                "type": "line",
                "symbol": "circle",
                "symbolSize": 7 if len(days) < 45 else 4,
                "itemStyle": {"color": _ACCENT},
                "lineStyle": {"color": _ACCENT, "width": 2},
                "data": [
                    {"value": None if one.score is None else round(one.score, 2), "tip": tip}
                    for one, tip in zip(days, tips, strict=True)
                ],
                "markLine": _mean_line(total.score),
            },
            {
                "name": calls,
                "type": "bar",
                "xAxisIndex": 1,
                "yAxisIndex": 1,
                "itemStyle": {"color": _BAR},
                "barMaxWidth": 28,
                "data": [
                    {"value": one.calls, "tip": tip} for one, tip in zip(days, tips, strict=True)
                ],
            },
        ],
    }
    return Chart(
        "course",
        _("Score by day"),
        _("Mean of each day; the band is its interval (95 %), wide where calls are few."),
        options,
        (_("Day"), _("Calls"), _("Mean score"), _("interval (95 %)")),
        rows,
    )


def spread(found: Distribution, name: str) -> Chart:
    """How a time, in seconds a call, is spread over calls."""
    bars = _bars(found)
    shares = [100 * count / found.calls for _from, _to, count in bars] if found.calls else []
    rows = tuple(
        (_span(start, end), str(count), wording.percent(count, found.calls))
        for start, end, count in bars
    )
    tips = [f"{span}<br>{calls} · {share}" for span, calls, share in rows]
    options: dict[str, Any] = {
        "animation": False,
        "textStyle": {"fontFamily": "sans-serif"},
        "grid": {"left": 40, "right": 12, "top": 30, "bottom": 44},
        "tooltip": {":formatter": "(point) => point.data.tip"},
        "xAxis": _axis([row[0] for row in rows])
        | {"name": _("seconds a call"), "nameLocation": "middle", "nameGap": 28}
        | {"nameTextStyle": _FONT},
        "yAxis": _values(_("share of calls (%)")),
        "series": [
            {
                "type": "bar",
                "barCategoryGap": "12%",
                "itemStyle": {"color": _ACCENT},
                "data": [
                    {"value": round(share, 2), "tip": tip}
                    for share, tip in zip(shares, tips, strict=True)
                ],
            }
        ],
    }
    known = _("Half of the calls have at most {median}, nine of ten at most {p90}.").format(
        median=_seconds(found.median), p90=_seconds(found.p90)
    )
    measured = _("Measured in {count} calls.").format(count=found.calls)
    return Chart(
        found.measure.value,
        name,
        f"{known} {measured}" if found.calls else _("Not measured in these calls."),
        options,
        (_("seconds a call"), _("Calls"), _("Share")),
        rows,
    )


def _bars(found: Distribution) -> list[tuple[int, int | None, int]]:
    """(from, to, calls) in milliseconds, every bar up to the last; ``to`` of that is open."""
    if not found.bins:
        return []
    # So wide that nine of ten calls are in the first two thirds.
    wide = found.width * max(ceil((found.p90 or 0) / found.width / (_BARS * 2 / 3)), 1)
    counts: dict[int, int] = {}
    for start, count in found.bins:
        at = min(start // wide, _BARS - 1)
        counts[at] = counts.get(at, 0) + count
    last = max(counts)
    return [
        (at * wide, None if at == _BARS - 1 else (at + 1) * wide, counts.get(at, 0))
        for at in range(last + 1)
    ]


def _span(start: int, end: int | None) -> str:
    return f"≥ {start // 1000}" if end is None else f"{start // 1000}–{end // 1000}"


def _seconds(value: float | None) -> str:
    return "–" if value is None else _("{seconds} s").format(seconds=f"{value / 1000:.0f}")


def _tip(day: GroupFigures, ends: str) -> str:
    """Markup of our own words and numbers."""
    lines = (
        f"<b>{day.key}</b>",
        f"{_('mean score')}: <b>{number(day.score)}</b>",
        f"{_('interval (95 %)')}: {ends}",
        f"{_('calls')}: {day.calls}",
    )
    return "<br>".join(lines)


def _axis(names: list[str]) -> dict[str, Any]:
    return {
        "type": "category",
        "data": names,
        "axisLabel": _FONT | {"hideOverlap": True},
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": _LINE}},
    }


def _values(name: str) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameTextStyle": _FONT | {"align": "left", "padding": [0, 0, 0, -36]},
        "axisLabel": _FONT,
        "splitLine": {"lineStyle": {"color": _LINE}},
    }


def _line(data: list[float | None], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "stack": "band",
        "data": data,
        "symbol": "none",
        "silent": True,
        "lineStyle": {"opacity": 0},
    }


def _mean_line(score: float | None) -> dict[str, Any]:
    if score is None:
        return {}
    label = {"formatter": number(score), "position": "insideEndTop", "color": _INK, "fontSize": 12}
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": _SOFT, "type": "dashed"},
        "data": [{"yAxis": round(score, 2)}],
        "label": label,
    }
