"""The statistics that are taught, each where a lesson or an assignment uses it.

    risk, trios            what a gene variant adds to a risk; whether it is passed on more often than chance has it
    epidemiology, flares   how common, how long until; relapses in time
    mimicry, infection     two proteins side by side; an infection with parts of the defence missing
    screening, agreement   what a test tells of 1,000 people; two groups told apart, two doctors compared
    criteria, imaging      a record scored for classification; lesions of a scan
    trials, virtual_trial  benefit and harm of a treatment; a trial on patients that a model draws
"""
