namespace IntegrationConsole.Connectors.Files.Folders;

/// <summary>Where a path leads once every link on the way is followed.</summary>
internal static class RealPath
{
    /// <summary>As many as the kernel follows.</summary>
    private const int MostLinks = 40;

    /// <param name="path">An absolute path.</param>
    /// <returns>Null when it goes round in circles.</returns>
    public static string? Of(string path)
    {
        var ahead = new Stack<string>(Parts(path).Reverse());
        var real = "/";
        var links = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            real = target.StartsWith('/') ? "/" : real;
            foreach (var step in Parts(target).Reverse())
            {
                ahead.Push(step);
            }
        }

        return real;
    }

    /// <summary>Whether a path is a folder or lies below it; both without links and dots.</summary>
    public static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : folder + '/', StringComparison.Ordinal);

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));
}
