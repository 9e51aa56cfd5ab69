using System.Text.RegularExpressions;
using IntegrationConsole.Configuration;
using IntegrationConsole.Sync;

namespace IntegrationConsole.Tests.Configuration;

/// <summary>Reads the example out of docs/configuration-as-code.md and applies it.</summary>
public sealed partial class Documenting_configuration_as_code
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "configuration-as-code.md"));

    [Fact]
    public async Task The_example_can_be_applied_as_it_stands()
    {
        await using var world = await ApplyWorld.StartAsync();
        world.Environment["WAREHOUSE_PASSWORD"] = "any";
        world.Environment["SHOP_HOOK_SECRET"] = "any secret";
        foreach (Match file in Files().Matches(Document))
        {
            world.Write(file.Groups["name"].Value, file.Groups["text"].Value);
        }

        world.Write("countries.csv", Csv().Match(Document).Groups["rows"].Value);
        var path = world.PathOf("north-wind.yaml");

        var (code, text) = await world.ApplyFileAsync(path);

        Assert.True(code == CommandLine.Done, text);
        Assert.Contains("+ lookup Countries: 3 rows", text);
        Assert.Equal("= nothing to change\n", (await world.ApplyFileAsync(path)).Text);
        Assert.Equal(["customers", "orders-to-warehouse"], (await world.Console.Get<SyncStore>().ListAsync(await world.TenantAsync(), default)).Select(sync => sync.Slug));
    }

    [Theory]
    [InlineData("apply", ApplyCommand.Help)]
    [InlineData("run", RunCommand.Help)]
    public void The_exit_codes_of_the_help_stand_in_the_document(string command, string help)
    {
        Assert.Contains($"./console {command}", Document);
        Assert.All(Codes().Matches(help), code => Assert.Contains($"| {code.Groups[1].Value} |", Document));
        Assert.NotEmpty(Codes().Matches(help));
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IntegrationConsole.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no IntegrationConsole.sln above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"```yaml\n(?<text># (?<name>\S+)\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex Files();

    [GeneratedRegex(@"```csv\n(?<rows>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Csv();

    [GeneratedRegex(@"^  (\d+) ", RegexOptions.Multiline)]
    private static partial Regex Codes();
}
