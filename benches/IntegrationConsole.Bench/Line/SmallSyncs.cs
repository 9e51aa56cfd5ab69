using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Credentials;
using IntegrationConsole.Database;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using Npgsql;

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
        var tenant = await bed.Get<TenantStore>().CreateAsync(new TenantSettings(slug, slug, "UTC", ""), Measurer, default) ?? throw new InvalidOperationException("There is no tenant.");
        var target = new NpgsqlConnectionStringBuilder(bed.Destination);
        var login = await bed.Get<CredentialStore>().CreateAsync(
            tenant, new CredentialDraft("login", AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = target.Username! }, target.Password!, null), Measurer, default);
        var settings = JsonSerializer.Serialize(new { host = target.Host, port = target.Port, database = target.Database, tls = "prefer" });
        var connection = await bed.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("database", "postgres", settings, login), Measurer, default)
            ?? throw new InvalidOperationException("The connection was not taken.");
        var mapping = new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }], []);
        var made = new List<Guid>();
        for (var number = 1; number <= syncs; number++)
        {
            var draft = new SyncDraft(
                $"{slug} {number}", connection, Source, ReadMode.Full, connection, $"{slug}_{number}", WriteMode.Upsert, ["id"], CreateDestination: true, Schedule.Manual, OverlapRule.Queue);
            var sync = await bed.Get<SyncStore>().CreateAsync(tenant, draft, mapping, Measurer, default);
            await bed.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", Measurer, default);
            made.Add(sync.Id);
        }

        return new SmallSyncs(tenant, made);
    }
}
