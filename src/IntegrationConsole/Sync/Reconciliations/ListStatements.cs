namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>The statements of a comparison with a list: key and field numbers of both sides, in temporary tables of one session.</summary>
internal static class ListStatements
{
    private const string Stage = "pg_temp.compared_stage";
    private const string Here = "pg_temp.compared_here";
    private const string There = "pg_temp.compared_there";
    private const string Doubt = "pg_temp.compared_doubt";
    private const string Looked = "pg_temp.compared_looked";
    private const string Found = "pg_temp.compared_found";

    /// <summary>A field that the destination does not show has no number there, and does not differ.</summary>
    private const string Differs = """
        (h.key is null or t.key is null or exists (select from unnest(h.hashes, t.hashes) as f (here, there) where f.there is not null and f.here is distinct from f.there))
        """;

    private const string Kind = "case when t.key is null then 'Missing' when h.key is null then 'Extra' else 'Different' end";

    public static readonly string Drop = $"drop table if exists {Stage}, {Here}, {There}, {Doubt}, {Looked}, {Found}";

    public static readonly string Make = $"""
        {Drop};
        create temp table compared_stage (key text collate "C", record_key text, hashes bigint[]);
        create temp table compared_here (arrived bigint generated always as identity, key text collate "C", record_key text, hashes bigint[]);
        create temp table compared_there (arrived bigint generated always as identity, key text collate "C", record_key text, hashes bigint[]);
        create temp table compared_doubt (key text collate "C" primary key, record_key text, kind text, here bigint[], there bigint[]);
        create temp table compared_looked (like compared_doubt);
        create temp table compared_found (like compared_doubt)
        """;

    public static readonly string CopyHere = $"copy {Stage} (key, record_key, hashes) from stdin (format binary)";

    public static readonly string CopyThere = $"copy {There} (key, record_key, hashes) from stdin (format binary)";

    public static readonly string KeepAll = $"insert into {Here} (key, record_key, hashes) select key, record_key, hashes from {Stage}; truncate {Stage}";

    public static readonly string KeepDoubted =
        $"insert into {Here} (key, record_key, hashes) select s.key, s.record_key, s.hashes from {Stage} s join {Doubt} d on d.key = s.key; truncate {Stage}";

    public static readonly string EmptyThere = $"truncate {There}";

    public static readonly IReadOnlyList<string> First =
    [
        Latest(Here), Latest(There), $"analyze {Here}", $"analyze {There}",
        $"""
        insert into {Doubt} select coalesce(h.key, t.key), coalesce(h.record_key, t.record_key), {Kind}, h.hashes, t.hashes
        from {Here} h full join {There} t on t.key = h.key where {Differs}
        """,
        $"truncate {Here}, {There}; analyze {Doubt}",
    ];

    /// <summary>What differs as it did before on both sides is a difference; the rest stays in doubt while it differs.</summary>
    public static readonly IReadOnlyList<string> Again =
    [
        Latest(Here), Latest(There), $"analyze {There}",
        $"""
        insert into {Looked} select d.key, coalesce(h.record_key, d.record_key), {Kind}, h.hashes, t.hashes
        from {Doubt} d left join {Here} h on h.key = d.key left join {There} t on t.key = d.key
        where (h.key is not null or t.key is not null) and {Differs}
        """,
        $"""
        insert into {Found} select l.* from {Looked} l join {Doubt} d on d.key = l.key
        where l.kind = d.kind and l.here is not distinct from d.here and l.there is not distinct from d.there
        """,
        $"truncate {Doubt}; insert into {Doubt} select l.* from {Looked} l where not exists (select from {Found} f where f.key = l.key); truncate {Looked}, {Here}, {There}",
    ];

    public static readonly string CountFound = $"select kind, count(*) from {Found} group by kind union all select '', count(*) from {Doubt}";

    public static readonly string Listing = $"""
        select f.record_key, case when f.kind = 'Different' then array(
            select n.name from unnest(f.here, f.there, $3::text[]) as n (here, there, name) where n.there is not null and n.here is distinct from n.there) else '{"{}"}' end
        from {Found} f where f.kind = $1 order by f.key limit $2
        """;

    /// <summary>Of several with one key the last one counts.</summary>
    private static string Latest(string table) => $"""
        delete from {table} e using (select key, max(arrived) as last from {table} group by key having count(*) > 1) d where e.key = d.key and e.arrived < d.last
        """;
}
