using System.Runtime.InteropServices;

namespace IntegrationConsole.Tests.Connectors.Files;

/// <summary>
/// Runs something with the file rights of nobody, on a thread of its own, because tests may run as root, which may read
/// everything. What it runs must not leave the thread before it touches the file.
/// </summary>
internal static class AsNobody
{
    private const uint Nobody = 65534;

    public static T Run<T>(Func<Task<T>> work)
    {
        T result = default!;
        Exception? problem = null;
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(Nobody);
            try
            {
                result = work().GetAwaiter().GetResult();
            }
            catch (Exception thrown)
            {
                problem = thrown;
            }
        });
        thread.Start();
        thread.Join();
        return problem is null ? result : throw problem;
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFileSystemUser(uint user);
}
