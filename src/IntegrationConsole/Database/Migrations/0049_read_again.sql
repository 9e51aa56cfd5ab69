-- A backfill that usual runs went beside has it that the next one begins further back, once: where the cursor stood when
-- it began (null: at the start), and since when. The cursor itself stays where it is.
alter table sync_definition
    add column again_from text,
    add column again_at timestamptz;
