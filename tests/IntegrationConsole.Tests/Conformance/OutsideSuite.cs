using System.Text.Json;

namespace IntegrationConsole.Tests.Conformance;

/// <summary>
/// The cases of others' test suites, which are not part of this repository: they lie in the directory that CONFORMANCE_DIR names,
/// or else beside the repository.
/// </summary>
internal static class OutsideSuite
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("CONFORMANCE_DIR") is { Length: > 0 } named
        ? Path.GetFullPath(named, RepositoryRoot())
        : Path.GetFullPath("../shared/conformance", RepositoryRoot());

    public static bool IsThere => Directory.Exists(Folder);

    /// <summary>The files of a suite, such as <c>json-schema-2020-12*.jsonl</c>; a part kept aside may lie beside the first.</summary>
    public static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Folder, pattern).Order(StringComparer.Ordinal);

    /// <summary>One case a line.</summary>
    public static IEnumerable<JsonElement> Cases(string file) =>
        File.ReadLines(file).Where(line => line.Length > 0).Select(line => JsonElement.Parse(line));

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IntegrationConsole.sln")))
            {
                return folder.FullName;
            }
        }

        // Built away from the repository.
        return Environment.CurrentDirectory;
    }
}

/// <summary>A test that is skipped, and not passed, where the outside suite is not there.</summary>
internal sealed class OutsideFactAttribute : FactAttribute
{
    public OutsideFactAttribute()
    {
        if (!OutsideSuite.IsThere)
        {
            Skip = $"There is no directory {OutsideSuite.Folder}; name one with CONFORMANCE_DIR.";
        }
    }
}
