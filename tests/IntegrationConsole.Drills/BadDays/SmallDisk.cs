namespace IntegrationConsole.Drills.BadDays;

/// <summary>A disk of a few hundred megabytes, in memory, that can be filled to the last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Size = "400m";
    private static readonly Lazy<string?> Missing = new(FindMissing);

    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? WhyNot => Missing.Value;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <param name="folder">Where it is mounted; owned by whoever the database server runs as.</param>
    public static SmallDisk Mount(string folder)
    {
        Directory.CreateDirectory(folder);
        return SystemProgram.Run("mount", "-t", "tmpfs", "-o", $"size={Size},uid=postgres,gid=postgres,mode=0711", "tmpfs", folder) is { ExitCode: not 0 } failed
            ? throw new InvalidOperationException(failed.Output.Trim())
            : new SmallDisk(folder);
    }

    /// <summary>Takes what is free, until nothing is.</summary>
    public void Fill()
    {
        var block = new byte[1024 * 1024];
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = block.Length; size >= 512;)
        {
            try
            {
                filler.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose() => SystemProgram.Run("umount", "-l", Folder);

    private static string? FindMissing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "a small disk needs root to be mounted";
        }

        var folder = Directory.CreateTempSubdirectory("console-drill-disk-").FullName;
        try
        {
            Mount(folder).Dispose();
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return $"this machine lets nobody mount a small disk: {refused.Message}";
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}

/// <summary>A drill that fills a disk; skipped, with the reason, where the machine does not allow it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.WhyNot;
}
