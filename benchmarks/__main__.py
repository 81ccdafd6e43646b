"""`python -m benchmarks`: measure, and print one table, in processor time where one process does the work.

On a shared machine only the ratios mean anything.
"""

from benchmarks import (
    bench_attacks,
    bench_cohort,
    bench_marking,
    bench_models,
    bench_setup,
    bench_slow,
    bench_tissue,
    bench_widgets,
)

PARTS = (
    ("From a fresh clone to the first lesson", bench_setup.rows),
    ("A cohort of Alexander–Wahl patients over 365 days at 1e-6", bench_cohort.rows),
    ("Memory", bench_cohort.memory_rows),
    ("One trajectory, 401 points, after a first run", bench_models.rows),
    ("Starting up", bench_models.start_rows),
    ("One slider in JupyterLab: Alexander–Wahl, 730 days, 401 points", bench_widgets.rows),
    ("The living tissue, frames per second by cells", bench_tissue.rows),
    ("The living tissue, lowest healthy share", bench_tissue.table_rows),
    ("Marking a class", bench_marking.rows),
    ("Marking, where the time of a submission goes, one at a time", bench_marking.time_rows),
    ("Marking, memory", bench_marking.memory_rows),
    ("Marking, a cluster and kill -9", bench_marking.safety_rows),
    ("Marking on a slow machine and a busy one", bench_slow.rows),
    ("The attack corpus: points by safegrade, and by stock nbgrader", bench_attacks.rows),
)


def main() -> None:
    """Print each part as soon as it is measured."""
    for heading, measure in PARTS:
        print(f"\n{heading}\n{'-' * len(heading)}")
        for what, value, remark in measure():
            print(f"{what:<76} {value:>10}  {remark}", flush=True)


if __name__ == "__main__":
    main()
