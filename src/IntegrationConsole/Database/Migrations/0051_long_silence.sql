-- Where a run seldom brings many records, one that brings none says nothing, and many in a row do: how many runs up to this
-- one brought none, and since when.
alter table run add column empty_runs int not null default 0;
alter table run add column empty_since timestamptz;
alter table run drop constraint run_usual_of_check;
alter table run add constraint run_usual_of_check check (usual_of in ('Hour', 'Runs', 'Span'));
