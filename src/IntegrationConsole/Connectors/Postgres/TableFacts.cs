namespace IntegrationConsole.Connectors.Postgres;

/// <summary>What has to be known of a table ($1) before another ($2), made like it, may take its name.</summary>
internal static class TableFacts
{
    /// <summary>
    /// Nothing depends on it but what a copy of it has as well: no view, no foreign key of another table, no trigger, rule,
    /// policy, publication, sequence or partition, no right on a single column; and it is the login's own.
    /// </summary>
    public const string IsFree = """
        select c.relkind = 'r' and c.relpersistence = 'p' and not c.relispartition and c.reloftype = 0 and c.reltablespace = 0 and c.reloptions is null
           and c.relreplident = 'd' and not c.relhasrules and not c.relrowsecurity and not c.relforcerowsecurity
           and c.relowner = (select r.oid from pg_roles r where r.rolname = current_user)
           and not exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
           and not exists (select from pg_policy p where p.polrelid = c.oid)
           and not exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
           and not exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = c.oid)
           and not exists (select from pg_publication_rel p where p.prrelid = c.oid)
           and not exists (select from pg_attribute a where a.attrelid = c.oid and (a.attacl is not null or a.attidentity <> ''))
           and not exists (select from pg_seclabel l where l.objoid = c.oid)
           and not exists (select from pg_depend d join pg_class s on s.oid = d.objid
                           where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and s.relkind = 'S')
           and not exists (select from pg_depend d where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.deptype = 'n'
                             and not (d.classid = 'pg_constraint'::regclass and d.objid in (select k.oid from pg_constraint k where k.conrelid = c.oid))
                             and not (d.classid = 'pg_attrdef'::regclass and d.objid in (select e.oid from pg_attrdef e where e.adrelid = c.oid))
                             and not (d.classid = 'pg_class'::regclass and d.objid in (select i.indexrelid from pg_index i where i.indrelid = c.oid)))
           and not exists (select from pg_depend d where d.refclassid = 'pg_type'::regclass and d.deptype = 'n'
                             and d.refobjid in (c.reltype, (select t.typarray from pg_type t where t.oid = c.reltype)))
        from pg_class c where c.oid = $1::regclass
        """;

    /// <summary>The statements that give the new table what a copy does not have: foreign keys, rights, and the table's comment.</summary>
    public const string Inheritance = """
        select format('alter table %s add constraint %I %s', $2::regclass, f.conname, pg_get_constraintdef(f.oid))
        from pg_constraint f where f.contype = 'f' and f.conrelid = $1::regclass
        union all
        select format('revoke all on table %s from %s', $2::regclass, case g.grantee when 0 then 'public' else g.grantee::regrole::text end)
        from pg_class c cross join lateral aclexplode(c.relacl) g where c.oid = $2::regclass and g.grantee <> c.relowner
        union all
        select format('grant %s on table %s to %s%s', g.privilege_type, $2::regclass, case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
                      case when g.is_grantable then ' with grant option' else '' end)
        from pg_class c cross join lateral aclexplode(c.relacl) g where c.oid = $1::regclass and g.grantee <> c.relowner
        union all
        select format('comment on table %s is %L', $2::regclass, obj_description($1::regclass, 'pg_class'))
        """;

    /// <summary>The statements that give the indexes of the new table, once it has its name, the names of those they are copies of.</summary>
    public const string IndexNames = """
        with one as (
            select c.relnamespace::regnamespace as schema, c.relname, i.indrelid, i.indisunique, i.indisprimary, d.definition,
                   row_number() over (partition by i.indrelid, i.indisunique, i.indisprimary, d.definition order by i.indexrelid) as place
            from pg_index i join pg_class c on c.oid = i.indexrelid
            cross join lateral (select substring(pg_get_indexdef(i.indexrelid) from ' USING .*$') as definition) d)
        select format('alter index %s.%I rename to %I', made.schema, made.relname, known.relname)
        from one known join one made using (indisunique, indisprimary, definition, place)
        where known.indrelid = $1::regclass and made.indrelid = $2::regclass
        """;
}
