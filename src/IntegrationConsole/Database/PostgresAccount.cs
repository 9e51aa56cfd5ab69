using System.Globalization;

namespace IntegrationConsole.Database;

/// <summary>The system user as whom the cluster runs: ourselves, or <c>postgres</c> where we are root.</summary>
internal sealed class PostgresAccount
{
    private const string Unprivileged = "postgres";
    private const int DacReadSearch = 2;

    private readonly string[] _become;

    private PostgresAccount(string[] become) => _become = become;

    public static PostgresAccount For(string cluster)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new([]);
        }

        if (SystemProgram.Run("id", "-u", Unprivileged).ExitCode != 0)
        {
            throw new StartProblem($"PostgreSQL does not run as root and there is no user named {Unprivileged}: create one, or run the console as an ordinary user.");
        }

        string[] become = ["setpriv", $"--reuid={Unprivileged}", $"--regid={Unprivileged}", "--init-groups"];
        var parent = Path.GetDirectoryName(cluster)!;
        if (SystemProgram.Run(become[0], [.. become[1..], "--", "test", "-x", parent]).ExitCode == 0)
        {
            return new(become);
        }

        // The folder lies below one that only root may enter. The right to pass through folders is enough.
        if (!MayPassThroughFolders())
        {
            throw new StartProblem($"The user {Unprivileged} cannot reach {parent}: choose a folder that everybody may enter with Console__DataFolder.");
        }

        return new([.. become, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]);
    }

    public void TakeOver(string path)
    {
        if (_become.Length > 0 && SystemProgram.Run("chown", "-R", $"{Unprivileged}:{Unprivileged}", path) is { ExitCode: not 0 } failed)
        {
            throw new StartProblem($"{path} could not be given to the user {Unprivileged}: {failed.Output.Trim()}");
        }
    }

    public (int ExitCode, string Output) Run(string program, params string[] arguments) =>
        _become.Length == 0
            ? SystemProgram.Run(program, arguments)
            : SystemProgram.Run(_become[0], [.. _become[1..], "--", program, .. arguments]);

    /// <summary>
    /// A command line that runs the program as this user, in a session of its own (the terminal's Ctrl-C is for the
    /// console, which stops the cluster after itself), and has the kernel interrupt it when its parent dies.
    /// </summary>
    public string[] Guarded(string program) =>
        _become.Length == 0
            ? ["setsid", "setpriv", "--pdeathsig=INT", "--", program]
            : ["setsid", .. _become, "--pdeathsig=INT", "--", program];

    private static bool MayPassThroughFolders()
    {
        var bounding = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapBnd:", StringComparison.Ordinal));
        return bounding is not null
            && ulong.TryParse(bounding["CapBnd:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var capabilities)
            && (capabilities & (1UL << DacReadSearch)) != 0;
    }
}
