using System.Text.RegularExpressions;

namespace IntegrationConsole.Tests;

/// <summary>
/// Holds the order of the rooms. Reads the source as text, so it sees what is named in full, as the <c>using</c> lines
/// are; pages are an upper floor that may look into any room.
/// </summary>
public sealed partial class RoomTests
{
    // A room may use only the rooms before it. This list is the architecture.
    private static readonly string[] Rooms =
    [
        "Database", "Controls", "Access", "Tenants", "Expressions", "Schemas", "Connectors", "Credentials", "Mappings", "Webhooks", "DeadLetters", "Sync",
        "Deliveries", "Health", "Alerts", "Configuration", "Privacy", "Shell",
    ];

    [Fact]
    public void A_room_uses_only_the_rooms_before_it()
    {
        var breaches =
            from file in SourceFiles()
            where !file.IsPage
            from Match use in FullNames().Matches(file.Text)
            let used = use.Groups[1].Value
            where Array.IndexOf(Rooms, used) > Array.IndexOf(Rooms, file.Room)
            select $"{file.Room} uses {used} in {file.Name}";

        Assert.Empty(breaches.Distinct());
    }

    [Fact]
    public void Nobody_looks_up_at_a_page()
    {
        var breaches =
            from file in SourceFiles()
            where !file.IsPage && file.Room is not "Shell"
            where PageNames().IsMatch(file.Text)
            select $"{file.Name} looks up at a page";

        Assert.Empty(breaches);
    }

    [Fact]
    public void Every_folder_is_a_room()
    {
        var folders = SourceFiles().Select(file => file.Room).Distinct().ToList();

        Assert.Empty(folders.Except(Rooms).Select(folder => $"{folder} is not a room of the design"));
        Assert.Contains("Mappings", folders);
    }

    /// <summary>Above a tenant's limit a second person is asked: what a page starts past that door would not be.</summary>
    [Fact]
    public void Pages_replay_and_discard_letters_through_the_door_that_may_ask_a_second_person() =>
        Assert.Empty(SourceFiles()
            .Where(file => file.IsPage && DirectCommands().IsMatch(file.Text))
            .Select(file => file.Name));

    private static IEnumerable<SourceFile> SourceFiles()
    {
        var root = Path.Combine(RepositoryRoot(), "src", "IntegrationConsole");
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
            if (parts.Length > 1 && parts[0] is not ("bin" or "obj" or "wwwroot" or "Properties") && Path.GetExtension(path) is ".cs" or ".razor")
            {
                yield return new SourceFile(parts[0], string.Join('/', parts), parts.Skip(1).SkipLast(1).Contains("Pages"), File.ReadAllText(path));
            }
        }
    }

    /// <summary>The folder with the solution, upward from where the tests were built.</summary>
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

    [GeneratedRegex(@"\bIntegrationConsole\.(\w+)")]
    private static partial Regex FullNames();

    [GeneratedRegex(@"\.Pages\b")]
    private static partial Regex PageNames();

    [GeneratedRegex(@"\b(replays\.StartAsync|letters\.Discard\w*Async)\(", RegexOptions.IgnoreCase)]
    private static partial Regex DirectCommands();

    private sealed record SourceFile(string Room, string Name, bool IsPage, string Text);
}
