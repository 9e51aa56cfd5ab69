-- Runs that were called stand in one line for all nodes: whoever has a free slot takes up the first.
create index run_called on run (called_at, id) where state = 'Queued' and called_at is not null;

-- Until now the scheduler started them; what it still holds would be taken for schedules that fall due.
do $$
begin
    if to_regclass('quartz.qrtz_triggers') is not null then
        delete from quartz.qrtz_simple_triggers where trigger_group = 'run';
        delete from quartz.qrtz_triggers where trigger_group = 'run';
    end if;
end $$;
