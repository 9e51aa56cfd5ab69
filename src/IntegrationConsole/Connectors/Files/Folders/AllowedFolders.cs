using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files.Folders;

/// <summary>The folders that a tenant's connections may read, and the way from a setting to one of them.</summary>
internal sealed class AllowedFolders(FilesOptions options, TenantId tenant)
{
    private readonly IReadOnlyList<string> _roots =
    [
        .. options.AllowedFolders.Where(folder => folder.Trim().Length > 0)
            .Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Trim().Replace(FilesOptions.TenantMark, tenant.ToString(), StringComparison.Ordinal)))),
    ];

    /// <summary>Whether a folder is written so that it could lie below an allowed one.</summary>
    public static bool IsPlain(string folder) => !folder.Contains('\0') && !folder.Split('/').Contains("..");

    /// <param name="asked">As the connection names it: below an allowed folder, or in full.</param>
    /// <returns>The folder without links, and the allowed one that it lies in.</returns>
    /// <exception cref="FailureException">It is not there, or not allowed.</exception>
    public (string Folder, string Root) Find(string asked)
    {
        if (_roots.Count == 0)
        {
            throw Refused("No folder may be read: name the folders that connections may use in Files__AllowedFolders__0, __1 and so on.");
        }

        var isInside = false;
        foreach (var root in IsPlain(asked) ? _roots : [])
        {
            // What lies elsewhere is not even looked at: nobody learns here which folders this machine has.
            var real = RealPath.Of(root);
            var path = Path.GetFullPath(asked, root);
            if (real is not null && (RealPath.IsWithin(path, root) || RealPath.IsWithin(path, real)))
            {
                isInside = true;
                if (Directory.Exists(path))
                {
                    return RealPath.Of(path) is { } folder && RealPath.IsWithin(folder, real) ? (folder, real) : throw NotAllowed(asked);
                }
            }
        }

        throw isInside ? Refused($"There is no folder {asked} in the folders that the console may read (Files__AllowedFolders).") : NotAllowed(asked);
    }

    private static FailureException NotAllowed(string asked) =>
        Refused($"The folder {asked} does not lie in a folder that the console may read (Files__AllowedFolders).");

    private static FailureException Refused(string sentence) => new(new Failure(FailureCause.Configuration, sentence, "folder"));
}
