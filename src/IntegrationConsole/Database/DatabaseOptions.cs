using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Database;

/// <summary>Where the console keeps its files and how it reaches PostgreSQL.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Console";

    /// <summary>Holds the embedded cluster, the master key file and the logs. Relative to the working directory.</summary>
    [Required]
    public string DataFolder { get; set; } = ".data";

    /// <summary>The embedded cluster's port on the loopback address; any free port is taken where this one is busy.</summary>
    [Range(1024, 65535)]
    public int EmbeddedPort { get; set; } = 54380;

    /// <summary>Folder with <c>initdb</c> and <c>postgres</c>; empty looks in the usual places.</summary>
    public string PostgresBinaries { get; set; } = "";

    /// <summary>Base64 of 32 random bytes that wrap every tenant's data key; empty keeps them in a file in the data folder.</summary>
    public string MasterKey { get; set; } = "";

    /// <summary>
    /// File that holds the master key; empty means <c>master.key</c> in the data folder. Created on the first start.
    /// Whoever loses it loses every stored credential and payload.
    /// </summary>
    public string MasterKeyFile { get; set; } = "";

    /// <summary>The name by which this node signs runs and leases; stable over restarts, different on every node.</summary>
    public string NodeName { get; set; } = Environment.MachineName.ToLowerInvariant();
}
