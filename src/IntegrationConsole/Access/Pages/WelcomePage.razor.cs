using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access.Pages;

public sealed partial class WelcomePage(AccessLinks links, SignIn signIn, NavigationManager navigation)
{
    private IReadOnlyList<string> _problems = [];
    private bool _isFirst;

    [SupplyParameterFromForm(Name = "Input")]
    public WelcomeInput? Posted { get; set; }

    private WelcomeInput Input => Posted ??= new WelcomeInput();

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    protected override async Task OnInitializedAsync() => _isFirst = await links.NeedsFirstAdministratorAsync(Http.RequestAborted);

    private async Task RedeemAsync()
    {
        if (Input.Password != Input.Again)
        {
            _problems = ["The two passwords are not the same: type them again."];
            return;
        }

        (var user, _problems) = await links.RedeemAsync(Input.Secret, Input.Email, Input.DisplayName, Input.Password, Http.RequestAborted);
        if (user is not null)
        {
            await signIn.BeginAsync(user);
            navigation.NavigateTo("/");
        }
    }

    public sealed class WelcomeInput
    {
        public string Secret { get; set; } = "";

        public string Email { get; set; } = "";

        public string DisplayName { get; set; } = "";

        public string Password { get; set; } = "";

        public string Again { get; set; } = "";
    }
}
