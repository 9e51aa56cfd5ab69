using System.Text.RegularExpressions;
using IntegrationConsole.Configuration;
using IntegrationConsole.Configuration.Sample;
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
        await world.Console.Get<SampleWorkspace>().EnsureAsync(new Uri("http://127.0.0.1:5080"), default);
        var before = await world.TracesAsync();

        var text = await ExportAsync(world, "sample");
        var (code, said) = await world.ApplyAsync(text);

        Assert.Contains("Regions to database", text);
        Assert.DoesNotContain(world.Console.Get<SampleSource>().Key, text);
        Assert.Equal(CommandLine.Done, code);
        Assert.EndsWith("= nothing to change\n", said);
        Assert.Equal(before, await world.TracesAsync());
    }

    [Fact]
    public async Task Applied_to_an_empty_console_it_makes_the_same_tenant()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.Console.Get<SampleWorkspace>().EnsureAsync(new Uri("http://127.0.0.1:5080"), default);
        var tenant = (await world.Console.Get<TenantStore>().FindBySlugAsync("sample", default))!;
        var sync = (await world.Console.Get<SyncStore>().ListAsync(tenant.Id, default))[0];
        await world.Console.Get<SyncStore>().SetPausedAsync(tenant.Id, sync.Id, "for a while", TestConsole.Somebody, default);
        var text = await ExportAsync(world, "sample");

        await using var empty = await ApplyWorld.StartAsync();
        foreach (Match variable in Variables().Matches(text))
        {
            empty.Environment[variable.Groups[1].Value] = "any";
        }

        var (code, said) = await empty.ApplyAsync(text);

        Assert.True(code == CommandLine.Done, said);
        Assert.Equal(text, await ExportAsync(empty, "sample"));
    }

    [Fact]
    public async Task A_tenant_that_is_not_there_is_answered_with_those_that_are()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var output = new StringWriter { NewLine = "\n" };

        Assert.Equal(CommandLine.Misused, await world.Console.Get<ExportCommand>().RunAsync(ExportCommand.Read(["nobody"]).Options, output, default));
        Assert.Equal("There is no tenant nobody.\nTenants: north-wind\n", output.ToString());
    }

    private static async Task<string> ExportAsync(ApplyWorld world, string tenant)
    {
        var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(CommandLine.Done, await world.Console.Get<ExportCommand>().RunAsync(ExportCommand.Read([tenant]).Options, output, default));
        return output.ToString();
    }

    [GeneratedRegex(@"env: (\w+)")]
    private static partial Regex Variables();
}
