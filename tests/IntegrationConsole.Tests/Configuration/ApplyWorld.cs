using IntegrationConsole.Access;
using IntegrationConsole.Configuration;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Configuration;

/// <summary>A console, a folder with files, and an environment, for what the command line does with them.</summary>
internal sealed class ApplyWorld : IAsyncDisposable
{
    public const string Slug = "north-wind";
    public const string Secret = "s3cr3t-that-nobody-prints";

    /// <summary>A small file that is well.</summary>
    public const string Small = """
        tenant: { slug: north-wind, name: North Wind, timeZone: Europe/Berlin }
        credentials:
          - name: ERP key
            kind: apiKey
            settings: { place: header, name: X-Api-Key }
            secret: { env: ERP_API_KEY }
        connections:
          - name: erp
            kind: rest
            credential: ERP key
            settings:
              baseAddress: https://erp.example.com
              streams:
                - { name: orders, path: /orders, canRead: true }
          - name: tables
            kind: lookup
        lookups:
          - name: States
            rows: { N: new, P: paid }
        integrations:
          - name: Orders
            source: { connection: erp, stream: orders }
            destination: { connection: tables, stream: Prices, keys: [key], create: true }
            schedule: { everyMinutes: 15 }
            mapping:
              fields:
                - { name: key, source: id, required: true }
                - { name: value, source: status, lookup: States }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("apply-").FullName;

    private ApplyWorld(TestConsole console) => Console = console;

    public TestConsole Console { get; }

    public Dictionary<string, string> Environment { get; } = new() { ["ERP_API_KEY"] = Secret };

    public static async Task<ApplyWorld> StartAsync() => new(await TestConsole.StartAsync(configure: services => services.AddSingleton<ObjectiveStore>().AddConfiguration()));

    public string PathOf(string name) => Path.Combine(_folder, name);

    public string Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<(int Code, string Text)> ApplyAsync(string text, params string[] options) => ApplyFileAsync(Write("north-wind.yaml", text), options);

    public async Task<(int Code, string Text)> ApplyFileAsync(string path, params string[] options)
    {
        var output = new StringWriter { NewLine = "\n" };
        var read = ApplyCommand.Read([path, .. options]);
        Assert.Equal("", read.Problem);
        var code = await Console.Get<ApplyCommand>().RunAsync(read.Options, name => Environment.GetValueOrDefault(name), output, default);
        return (code, output.ToString());
    }

    public async Task<TenantId> TenantAsync() => (await Console.Get<TenantStore>().FindBySlugAsync(Slug, default))!.Id;

    /// <summary>Everything that a change would leave behind: entries, versions, moments.</summary>
    public async Task<string> TracesAsync()
    {
        await using var session = await Console.Database.AcrossTenantsAsync(default);
        return await session.OneAsync<string>("""
            select concat_ws(' ', (select count(*) from audit_entry), (select count(*) from mapping_version), (select count(*) from tenant), (select sum(version) from tenant),
                (select string_agg(version || '@' || replaced_at, ',' order by id) from credential), (select string_agg(version || '@' || updated_at, ',' order by id) from connection),
                (select string_agg(version || '@' || updated_at, ',' order by id) from lookup_table), (select string_agg(version || '@' || updated_at, ',' order by id) from sync_definition),
                (select string_agg(version || '@' || updated_at, ',' order by id) from webhook_endpoint), (select string_agg(schedule::text || '@' || next_at, ',' order by sync_id) from reconciliation_schedule),
                (select count(*) from quartz.qrtz_triggers))
            """, null, default);
    }

    /// <summary>What was done, in the order of the trail.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAsync() => [.. (await Console.Get<AuditTrail>().ListAsync(await TenantAsync(), new AuditFilter(), null, 1_000, default)).Reverse()];

    public async ValueTask DisposeAsync()
    {
        await Console.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
