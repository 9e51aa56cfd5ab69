namespace IntegrationConsole.Tests.Conformance;

/// <summary>Where the outside suites are: the directory named by <c>CONFORMANCE_DIR</c>, or one beside the project.</summary>
internal static class Suites
{
    public static string Directory { get; } =
        Environment.GetEnvironmentVariable("CONFORMANCE_DIR") is { Length: > 0 } named ? named : Path.Combine(Root(), "..", "shared", "conformance");

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IntegrationConsole.sln")))
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }
}
