-- What belongs to a letter is written by the statement that writes the letter, so nothing has to be looked up for it. Each
-- look-up kept the plan of a session that had met an empty table: in a burst of letters it read all of them every time.
alter table dead_letter_attempt drop constraint dead_letter_attempt_tenant_id_letter_id_fkey;
alter table replay_item drop constraint replay_item_tenant_id_letter_id_fkey;

create function forget_letters() returns trigger
language plpgsql
as $$
declare
    owner uuid;
    letters uuid[];
begin
    for owner, letters in select tenant_id, array_agg(id) from gone group by tenant_id loop
        delete from dead_letter_attempt where tenant_id = owner and letter_id = any(letters);
        delete from replay_item where tenant_id = owner and letter_id = any(letters);
    end loop;
    return null;
end
$$;

-- What was closed in some time is found by those with a body and those without, which other work needs anyway.
drop index dead_letter_closed;

-- A letter that goes takes its attempts and its places in replays with it, whatever takes the letter.
create trigger dead_letter_gone after delete on dead_letter referencing old table as gone for each statement execute function forget_letters();
