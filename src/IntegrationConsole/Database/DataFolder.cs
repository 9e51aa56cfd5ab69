namespace IntegrationConsole.Database;

/// <summary>The folder that holds everything the console keeps outside the database.</summary>
internal static class DataFolder
{
    /// <returns>Its full path; it exists afterwards and belongs to the user who runs the console.</returns>
    public static string Open(string path)
    {
        var folder = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(folder);
            var owner = SystemProgram.OwnerOf(folder);
            if (owner != Environment.UserName)
            {
                throw new StartProblem(
                    $"The data folder {folder} belongs to {owner}, and you are {Environment.UserName}: run the console as {owner}, or choose another folder with Console__DataFolder.");
            }

            return folder;
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new StartProblem($"The data folder {folder} cannot be used ({refused.Message}): choose another one with Console__DataFolder.", refused);
        }
    }

    /// <returns>The lock, or null while another process holds it. The kernel releases it when its holder dies.</returns>
    public static FileStream? TryLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "console.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
