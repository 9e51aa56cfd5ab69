using System.Text.RegularExpressions;
using IntegrationConsole.Configuration;
using IntegrationConsole.Configuration.Sample;
using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Configuration;

public sealed partial class Exporting_tenants
{
    [Fact]
    public async Task The_sample_workspace_applied_again_changes_nothing()
    {
        await using var world = await ApplyWorld.StartAsync();
        await GivenTheSampleAsync(world);
        var before = await world.TracesAsync();

        var text = await ExportAsync(world, "sample");
        var (code, said) = await world.ApplyAsync(text);

        Assert.Contains("Regions to database", text);
        Assert.DoesNotContain(ApplyWorld.Secret, text);
        Assert.Equal(CommandLine.Done, code);
        Assert.EndsWith("= nothing to change\n", said);
        Assert.Equal(before, await world.TracesAsync());
    }

    [Fact]
    public async Task Applied_to_an_empty_console_it_makes_the_same_tenant()
    {
        await using var world = await ApplyWorld.StartAsync();
        await GivenTheSampleAsync(world);
        var tenant = (await world.Console.Get<TenantStore>().FindBySlugAsync("sample", default))!;
        var sync = (await world.Console.Get<SyncStore>().ListAsync(tenant.Id, default))[0];
        await world.Console.Get<SyncStore>().SetPausedAsync(tenant.Id, sync.Id, "for a while", TestConsole.Somebody, default);
        var objective = new Objective(0.995, 0.99, TimeSpan.FromMinutes(5), new Dictionary<HealthSide, Impact> { [HealthSide.Latency] = Impact.Standard }, IsCritical: false);
        await world.Console.Get<ObjectiveStore>().SaveAsync(tenant.Id, sync.Id, objective, 0, TestConsole.Somebody, default);
        await world.Console.Get<QuotaStore>().UpdateAsync(tenant.Id, 0, new QuotaSettings(7, null, 0, null), TestConsole.Somebody, default);
        var text = await ExportAsync(world, "sample");

        await using var empty = await ApplyWorld.StartAsync();
        foreach (Match variable in Variables().Matches(text))
        {
            empty.Environment[variable.Groups[1].Value] = "any";
        }

        var (code, said) = await empty.ApplyAsync(text);

        Assert.True(code == CommandLine.Done, said);
        Assert.Equal(text, await ExportAsync(empty, "sample"));
        Assert.Contains("concurrentRuns: 7", text);
        Assert.Contains("delivery: 99.5", text);
        Assert.Contains("latencySeconds: 300", text);
    }

    [Fact]
    public async Task A_stream_below_another_comes_out_as_it_went_in()
    {
        await using var world = await ApplyWorld.StartAsync();
        var file = ApplyWorld.Small.Replace(
            "    - { name: orders, path: /orders, canRead: true }",
            "    - { name: orders, path: \"/customers/{parent}/orders\", canRead: true, parent: customers, parentField: customerId }\n        - { name: customers, path: /customers, canRead: true, keyFields: id }",
            StringComparison.Ordinal).Replace("stream: orders }", "stream: orders, partitions: 4 }", StringComparison.Ordinal);
        var (first, complaints) = await world.ApplyAsync(file);
        Assert.True(first == CommandLine.Done, complaints);
        var before = await world.TracesAsync();

        var text = await ExportAsync(world, ApplyWorld.Slug);
        var (code, said) = await world.ApplyAsync(text);

        Assert.Contains("parent: customers", text);
        Assert.Contains("parentField: customerId", text);
        Assert.Contains("partitions: 4", text);
        Assert.Equal((CommandLine.Done, before), (code, await world.TracesAsync()));
        Assert.EndsWith("= nothing to change\n", said);
    }

    [Fact]
    public async Task The_share_above_which_a_replaced_table_waits_for_approval_comes_out_as_it_went_in()
    {
        await using var world = await ApplyWorld.StartAsync();
        var (first, complaints) = await world.ApplyAsync(ApplyWorld.Small.Replace("    schedule: { everyMinutes: 15 }", "    schedule: { everyMinutes: 15 }\n    deletes: { share: 30 }", StringComparison.Ordinal));
        Assert.True(first == CommandLine.Done, complaints);

        var text = await ExportAsync(world, ApplyWorld.Slug);
        var (code, said) = await world.ApplyAsync(text);
        var (_, changed) = await world.ApplyAsync(ApplyWorld.Small);

        Assert.Contains("share: 30", text);
        Assert.Equal(CommandLine.Done, code);
        Assert.EndsWith("= nothing to change\n", said);
        Assert.Contains("left where it is, up to 30 %", changed);
    }

    [Fact]
    public async Task A_batch_breaker_that_is_off_comes_out_as_it_went_in()
    {
        await using var world = await ApplyWorld.StartAsync();
        var off = ApplyWorld.Small.Replace("    schedule: { everyMinutes: 15 }", "    schedule: { everyMinutes: 15 }\n    batchBreaker: false", StringComparison.Ordinal);
        var (first, complaints) = await world.ApplyAsync(off);
        Assert.True(first == CommandLine.Done, complaints);

        var text = await ExportAsync(world, ApplyWorld.Slug);
        var (code, said) = await world.ApplyAsync(text);
        var (_, changed) = await world.ApplyAsync(ApplyWorld.Small);

        Assert.Contains("batchBreaker: false", text);
        Assert.Equal(CommandLine.Done, code);
        Assert.EndsWith("= nothing to change\n", said);
        Assert.Contains("batch breaker off → on", changed);
        Assert.DoesNotContain("batchBreaker", await ExportAsync(world, ApplyWorld.Slug));
    }

    [Fact]
    public async Task A_tenant_that_is_not_there_is_answered_with_those_that_are_and_not_into_the_file()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var (output, errors) = (new StringWriter(), new StringWriter { NewLine = "\n" });

        Assert.Equal(CommandLine.Misused, await world.Console.Get<ExportCommand>().RunAsync(ExportCommand.Read(["nobody"]).Options, output, errors, default));
        Assert.Equal(("", "There is no tenant nobody.\nTenants: north-wind\n"), (output.ToString(), errors.ToString()));
    }

    /// <summary>The integrations of the sample workspace, between connections like its own; the tests' server lets nobody make its database.</summary>
    private static async Task GivenTheSampleAsync(ApplyWorld world)
    {
        var (_, said) = await world.ApplyAsync("""
            tenant: { slug: sample, name: Sample workspace, contacts: "Two lines\nof text" }
            credentials:
              - { name: Reference data key, kind: apiKey, secret: { env: ERP_API_KEY }, expires: 2031-05-01 }
              - { name: "Sample database: login", kind: databaseLogin, settings: { user: "0123" }, secret: { env: ERP_API_KEY } }
            connections:
              - name: Reference data (this console)
                kind: rest
                credential: Reference data key
                settings:
                  baseAddress: http://127.0.0.1:5080/sample-api
                  headers: { X-Trace: "yes", Accept: "application/json; q=1" }
                  streams:
                    - { name: regions, path: /regions, keyFields: code, canRead: true, records: items, pagination: page, firstPage: 1, pageSize: 50 }
                    - { name: "2026", path: /currencies, canRead: true }
              - { name: Sample database, kind: postgres, credential: "Sample database: login", settings: { host: 127.0.0.1, port: 5433, database: "42", tls: prefer } }
            """);
        Assert.Contains("5 changes to sample are made.", said);
        var tenant = (await world.Console.Get<TenantStore>().FindBySlugAsync("sample", default))!.Id;
        var connections = await world.Console.Get<ConnectionStore>().ListAsync(tenant, default);
        await world.Console.Get<SampleIntegrations>().CreateAsync(tenant, connections[0].Id, connections[1].Id, TestConsole.Somebody, default);
    }

    private static async Task<string> ExportAsync(ApplyWorld world, string tenant)
    {
        var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(CommandLine.Done, await world.Console.Get<ExportCommand>().RunAsync(ExportCommand.Read([tenant]).Options, output, TextWriter.Null, default));
        return output.ToString();
    }

    [GeneratedRegex(@"env: (\w+)")]
    private static partial Regex Variables();
}
