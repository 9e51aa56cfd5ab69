using System.Globalization;

namespace IntegrationConsole.Database;

/// <summary>A folder that holds a PostgreSQL server's programs, and its major version.</summary>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    public string Initdb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>
    /// Looks in the folder that the settings name, else where distributions put servers, else on the PATH. Takes the
    /// version that made the cluster, or the newest for a new one.
    /// </summary>
    public static PostgresBinaries Find(string configured, int? clusterMajor)
    {
        var found = Candidates(configured)
            .Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            .Select(folder => new PostgresBinaries(folder, MajorOf(folder)))
            .OrderByDescending(binaries => binaries.Major)
            .ToList();
        if (found.Count == 0)
        {
            throw new StartProblem(configured.Length > 0
                ? $"There is no PostgreSQL server in {configured}: set Console__PostgresBinaries to the folder of its initdb and postgres programs."
                : "No PostgreSQL server is installed: start with ./run, which installs it, or name another server in ConnectionStrings__Console.");
        }

        if (clusterMajor is null)
        {
            return found[0];
        }

        return found.FirstOrDefault(binaries => binaries.Major == clusterMajor) ?? throw new StartProblem(
            $"The data folder was made by PostgreSQL {clusterMajor}, and only {string.Join(", ", found.Select(binaries => binaries.Major))} is installed: "
            + $"install PostgreSQL {clusterMajor}, or choose another folder with Console__DataFolder.");
    }

    private static IEnumerable<string> Candidates(string configured)
    {
        if (configured.Length > 0)
        {
            return [configured];
        }

        var distribution = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];
        var packaged = Directory.Exists("/usr") ? Directory.GetDirectories("/usr", "pgsql-*").Select(version => Path.Combine(version, "bin")) : [];
        return [.. distribution, .. packaged, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static int MajorOf(string folder)
    {
        var answer = SystemProgram.Run(Path.Combine(folder, "postgres"), "--version");
        var version = answer.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => char.IsAsciiDigit(word[0])) ?? "0";
        return int.TryParse(version.Split('.', '\n')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;
    }
}
