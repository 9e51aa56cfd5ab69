using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Connectors.Files;

/// <summary>Which folders connections may read from, and how large files may be.</summary>
public sealed class FilesOptions
{
    public const string Section = "Files";

    /// <summary>What stands for the tenant's id in <see cref="AllowedFolders"/>.</summary>
    public const string TenantMark = "{tenant}";

    /// <summary>
    /// Folders that connections may read, with everything below them; none unless named here. <c>{tenant}</c> stands for
    /// the tenant's id: without it, every tenant's integrators can read every tenant's files.
    /// </summary>
    public IList<string> AllowedFolders { get; } = [];

    /// <summary>Most bytes of one uploaded file, as uploaded.</summary>
    [Range(1024d, 1e12)]
    public long MostUploadBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Most bytes of one compressed file once it is unpacked. Memory does not depend on it; time does.</summary>
    [Range(1024d, 1e15)]
    public long MostUnpackedBytes { get; set; } = 64L * 1024 * 1024 * 1024;
}
