using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Database;

namespace IntegrationConsole.Bench.Line;

/// <summary>A tenant whose syncs move a few rows of one table, so that starting them is most of the work.</summary>
internal sealed record SmallSyncs(TenantId Tenant, IReadOnlyList<Guid> Syncs)
{
    public const string Source = "small_source";

    public static readonly Actor Measurer = new(null, "bench");

    /// <param name="bed">Where they run.</param>
    /// <param name="slug">The tenant's name, and part of the names of the tables that are filled.</param>
    /// <param name="syncs">How many; each fills a table of its own.</param>
    public static async Task<SmallSyncs> GivenAsync(LineBed bed, string slug, int syncs)
    {
        await bed.AskAsync($"create table if not exists {Source} as select i as id, 'name ' || i as name from generate_series(1, 20) i; alter table {Source} drop constraint if exists {Source}_key; alter table {Source} add constraint {Source}_key primary key (id); select 1");
        var names = Enumerable.Range(1, syncs).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        var tenant = await bed.ApplyAsync(slug, $$"""
            connections:
              - {{bed.DatabaseNamed("database")}}
            integrations:
            {{string.Join('\n', names.Select(name =>
                $"  - {{ name: small {name}, source: {{ connection: database, stream: {Source} }}, destination: {{ connection: database, stream: {slug}_{name}, keys: [id], create: true }}, mapping: {{ file: mapping.yaml }} }}"))}}
            """, ("mapping.yaml", ["fields:", "  - { name: id, type: integer, source: id }", "  - { name: name, source: name }"]));
        return new SmallSyncs(tenant, await bed.SyncsAsync(tenant, [.. names.Select(name => $"small-{name}")]));
    }
}
