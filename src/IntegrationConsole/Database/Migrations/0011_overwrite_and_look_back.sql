alter table sync_definition drop constraint sync_definition_write_mode_check;
alter table sync_definition add constraint sync_definition_write_mode_check check (write_mode in ('Upsert', 'Append', 'Update', 'Overwrite'));

-- How far before its cursor an incremental run begins, such as "2 hours" or "1000"; empty for at the cursor.
alter table sync_definition add column look_back text not null default '';
