-- What a range of time saw of a tenant's runs is found by when they ended.
create index run_ended on run (tenant_id, finished_at) where finished_at is not null;
