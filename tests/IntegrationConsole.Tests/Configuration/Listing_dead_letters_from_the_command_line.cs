using System.Text;
using System.Text.Json;
using IntegrationConsole.Configuration;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Listing_dead_letters_from_the_command_line
{
    [Fact]
    public async Task Every_letter_is_a_line_without_its_record_over_as_many_pages_as_it_takes()
    {
        await using var world = await SyncWorld.StartAsync(batchBreaker: false);
        world.System.BatchSize = 600;
        world.System.Records = [.. Enumerable.Range(1, 5).Select(id => $$"""{"id":{{id}},"name":"fine"}"""), .. Enumerable.Range(1, 1_200).Select(id => $$"""{"id":"x{{id}}","name":"a person's name"}""")];
        world.System.Records = [.. world.System.Records.OrderBy(record => record.Contains("fine") ? 0 : 1)];
        await world.RunAsync();

        var (code, text) = await ListAsync(world);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal((CommandLine.Done, (await world.LettersAsync()).Count), (code, Math.Min(lines.Count, 1_000)));
        Assert.True(lines.Count > 500);
        Assert.Equal(lines.Count, lines.Select(line => line.GetProperty("id").GetGuid()).Distinct().Count());
        Assert.Equal("things", lines[0].GetProperty("integration").GetString());
        Assert.DoesNotContain("a person's name", text);
    }

    [Fact]
    public async Task Options_narrow_the_list()
    {
        await using var world = await SyncWorld.StartAsync();
        world.System.Records = ["""{"id":1,"name":"Ada"}""", """{"id":"one","name":"Bob"}"""];
        await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync());
        var cause = IntegrationConsole.Connectors.Failures.FailureCauses.FromCode("auth") == letter.Cause ? "mapping" : "auth";

        Assert.Equal(1, await CountAsync(world, "--integration", "things", "--since", "1h", "--state", "waiting"));
        Assert.Equal(0, await CountAsync(world, "--cause", cause));
        Assert.Equal(0, await CountAsync(world, "--since", "2999-01-01"));
        Assert.Equal(0, await CountAsync(world, "--state", "discarded"));
        await world.Console.Get<DeadLetterStore>().DiscardAsync(world.Tenant, [letter.Id], "seen", Support.TestConsole.Somebody, default);
        Assert.Equal((0, 1), (await CountAsync(world), await CountAsync(world, "--state", "any")));
    }

    [Theory]
    [InlineData("--cause is one of auth, target-down", "acme", "--cause", "bad-luck")]
    [InlineData("--state is one of waiting, queued", "acme", "--state", "1")]
    [InlineData("--since is a moment such as", "acme", "--since", "yesterday")]
    [InlineData("TENANT is missing.", "--ndjson")]
    public async Task What_is_not_understood_is_said(string beginning, params string[] words)
    {
        var errors = new StringWriter();

        Assert.Equal(CommandLine.Misused, await CommandLine.RunAloneAsync(["deadletters", .. words], TextWriter.Null, errors, default));
        Assert.StartsWith(beginning, errors.ToString());
    }

    [Fact]
    public async Task An_unknown_integration_is_answered_with_those_there_are()
    {
        await using var world = await SyncWorld.StartAsync();

        var (code, text) = await ListAsync(world, "--integration", "thing");

        Assert.Equal(CommandLine.Misused, code);
        Assert.Contains("has no integration thing.\nIntegrations: ", text);
    }

    private static async Task<int> CountAsync(SyncWorld world, params string[] options) => (await ListAsync(world, options)).Text.Count(letter => letter == '\n');

    private static async Task<(int Code, string Text)> ListAsync(SyncWorld world, params string[] options)
    {
        var tenant = (await world.Console.Get<TenantStore>().FindAsync(world.Tenant, default))!.Slug;
        var (read, problem) = LettersCommand.Read([tenant, "--ndjson", .. options]);
        Assert.Equal("", problem);
        using var file = new MemoryStream();
        var output = new StringWriter { NewLine = "\n" };
        var command = new LettersCommand(new CommandNames(world.Console.Get<TenantStore>(), world.Console.Get<SyncStore>()), world.Console.Get<DeadLetterStore>(), world.Console.Get<TimeProvider>());
        var code = await command.RunAsync(read, file, output, default);
        return (code, Encoding.UTF8.GetString(file.ToArray()) + output);
    }
}
