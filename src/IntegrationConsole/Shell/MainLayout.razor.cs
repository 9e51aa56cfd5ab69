using IntegrationConsole.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace IntegrationConsole.Shell;

public sealed partial class MainLayout(NavigationManager navigation, IJSRuntime browser, ILogger<MainLayout> logger) : LayoutComponentBase
{
    private ErrorBoundary? _boundary;
    private (Exception Problem, string Id)? _last;

    [CascadingParameter]
    public TenantAccess? Tenant { get; set; }

    private NavigationManager Navigation => navigation;

    protected override void OnParametersSet() => _boundary?.Recover();

    private async Task SkipAsync() => await browser.InvokeVoidAsync("shell.focus", "content");

    private void Recover() => _boundary?.Recover();

    private string ErrorId(Exception problem)
    {
        if (_last?.Problem != problem)
        {
            _last = (problem, Guid.NewGuid().ToString("n")[..8]);
            logger.LogError(problem, "A page failed with error id {ErrorId}", _last.Value.Id);
        }

        return _last.Value.Id;
    }
}
