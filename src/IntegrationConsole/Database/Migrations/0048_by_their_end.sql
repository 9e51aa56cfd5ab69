-- What a range of time saw of a tenant's runs is found by when they ended, and which of its letters were closed in it.
create index run_ended on run (tenant_id, finished_at) where finished_at is not null;
create index dead_letter_closed on dead_letter (tenant_id, closed_at) where closed_at is not null;
