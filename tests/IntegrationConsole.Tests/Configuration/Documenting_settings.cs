using System.Collections;
using System.Globalization;
using System.Reflection;

namespace IntegrationConsole.Tests.Configuration;

/// <summary>Compares docs/configuration.md with the settings that the rooms read.</summary>
public sealed class Documenting_settings
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "configuration.md"));

    public static TheoryData<string, string> Settings()
    {
        var settings = new TheoryData<string, string>();
        foreach (var options in typeof(Program).Assembly.GetTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)))
        {
            if (options.GetField("Section")?.GetValue(null) is string section)
            {
                var defaults = Activator.CreateInstance(options)!;
                foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    settings.Add(property.GetValue(defaults) is IList ? $"{section}__{property.Name}__0" : $"{section}__{property.Name}", DefaultOf(property, defaults));
                }
            }
        }

        return settings;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_setting_stands_in_the_table_with_its_default(string variable, string value)
    {
        var line = Assert.Single(Lines, line => line.StartsWith($"| `{variable}`", StringComparison.Ordinal));

        Assert.Contains(value, line.Split('|')[2]);
    }

    [Fact]
    public void There_are_settings_to_compare() => Assert.True(Settings().Count > 15);

    private static string DefaultOf(PropertyInfo property, object defaults) => property.GetValue(defaults) switch
    {
        // The machine's name is another one on every machine.
        string when property.Name == "NodeName" => "the machine's name",
        "" => "empty",
        IList => "none",
        bool on => on ? "`true`" : "`false`",
        IFormattable value => $"`{value.ToString(null, CultureInfo.InvariantCulture)}`",
        var text => $"`{text}`",
    };

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
}
