-- Runs that did not simply succeed are few among many, and are what somebody looks for: the newest of them are found
-- without reading all that went well in between. Those that succeed are written as cheaply as before.
create index run_unusual on run (tenant_id, state, queued_at desc, id desc)
    where state in ('Partial', 'Failed', 'Cancelled', 'Skipped', 'Held') and parent_id is null;
