namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>One address of the console and what it needs, as somebody has approved it.</summary>
internal sealed record ApprovedRoute(string Methods, string Path, string Needs)
{
    public bool IsOfTenant => Path.Contains("{tenant}", StringComparison.Ordinal);

    /// <summary>Whether it is one that people look at, and not one that programs call.</summary>
    public bool IsPage => Methods == "GET,POST" && !Path.StartsWith("/_", StringComparison.Ordinal);

    public bool IsStatic => Path.StartsWith('(');

    public string Method => Methods.Split(',')[0] is "any" ? "GET" : Methods.Split(',')[0];
}

/// <summary>The list in <c>approved-routes.txt</c>: whoever adds an address, or changes whom it answers, changes it there too.</summary>
internal static class ApprovedRoutes
{
    public static IReadOnlyList<string> Lines { get; } =
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "approved-routes.txt")).Where(line => line.Length > 0 && !line.StartsWith('#'))];

    public static IReadOnlyList<ApprovedRoute> All { get; } = [.. Lines.Select(line => line.Split("  ")).Select(parts => new ApprovedRoute(parts[0], parts[1], parts[2]))];

    public static IEnumerable<ApprovedRoute> Pages => All.Where(route => route.IsPage && route.Needs != ConsoleEndpoints.Anyone);
}
